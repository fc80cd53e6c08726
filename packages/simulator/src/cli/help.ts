export const help = `Adobe Pass on localhost: Dynamic Client Registration and REST API v2 for tests and laptops.

pass-simulator [options]               run until Ctrl-C
pass-simulator statement [options]     print a software statement
pass-simulator init [file]             write a scenario to begin with (scenario.json), and its JSON Schema

  --port <number>                port to listen on (8089; 0: any free one)
  --host <address>               address to listen on (127.0.0.1); on another one than loopback,
                                 the control API needs the token printed at start
  --allow-host <name>            a further name that Host headers may carry; repeatable
  --control-token <token>        demand this token (or set PASS_SIMULATOR_CONTROL_TOKEN)
  --throttle <mode>              forwarded (default: spares local calls without X-Forwarded-For), always, off
  --throttle-burst <reading>     recovering (default), once
  --token-life-seconds <number>  life of access tokens (21600)
  --success-status <number>      status of register and token (201), or 200
  --unauthorized-body <shape>    body of a 401: enhanced (default), legacy, empty
  --media-token-life-seconds <number>  life of media tokens (420)
  --missing-profile <shape>      decisions say that nobody is signed in per item: items (default), call
  --too-many-resources <shape>   the same of too many resources: call (default), items
  --accept-foreign-statements    believe statements that the simulator did not sign
  --cors                         let web pages of any site call
  --strict                       hold requests to the letter of Adobe's pages
  --scenario <file>              JSON with "applications", "serviceProviders" and "viewers"; init writes one
  --signing-key <file>           RSA private key (PEM) instead of the development key

statement:
  --application <name>           the registered application (tv)
  --url <url>                    let this running simulator issue it; not needed with the development key

  --help, -h                     this text
  --version                      version of the package
`;
