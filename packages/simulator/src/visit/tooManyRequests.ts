import { htmlReply, type Reply } from '../http/reply.js';

const page = `<html>\r
<head><title>429 Too Many Requests</title></head>\r
<body>\r
<center><h1>429 Too Many Requests</h1></center>\r
<hr><center>openresty</center>\r
</body>\r
</html>\r
`;

/** As documented: an HTML page of the gateway, load balancer cookies, no `Retry-After`, no JSON. */
export function tooManyRequests(): Reply {
  return htmlReply(429, page, {
    server: 'openresty',
    'set-cookie': ['AWSALB=simulated; Path=/', 'AWSALBCORS=simulated; Path=/; SameSite=None; Secure'],
  });
}
