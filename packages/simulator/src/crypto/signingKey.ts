import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

import { SimulatorError } from '../ground/simulatorError.js';

export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/**
 * Published on purpose and worth nothing: it signs statements and tokens that only a simulator believes.
 * A fixed key lets `pass-simulator statement` work offline and lets statements survive a restart.
 */
const developmentKeyPem = `-----BEGIN PRIVATE KEY-----
MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQCehcW8oMankLXt
X4qy3kwBpFJiqSJ7JKasBQBVe2dgsZ/CINGAr/3T9yuFsv+fl9hwrjHkfQF+mkX6
99ofkWcIvi5jxQFFE/Dc+F68ZlXIrfGgKkyF/+4VAFl+GtuZbIq2Z6y1bFQfsXAR
LLFE+6Jk6Hf+g238t3ppKq7HKsn8D4pxRMaUGDEY4q69VGC34v9BCGwSPJyDmtQQ
r9f4Khi2buJSkq/T1Ey9/L/Lg/kpsicin1WpouamLjvNdAx1DbgqB8RxD8OYPBka
OlZRO96FvDpZKuAUoGSrCdyCwYe1I/NcwJRSArOSrm7jkTRvLieBegBBKbU5hEEv
mtBaURczAgMBAAECggEAB6UK3qhgPCd55osjfLHEt5WNlY1ziL3BPe110SmE2EBo
pGuBvvN9ybGTSzzRIAiqGvEDnfG7VzgoZMx8G+aesei+Avi2sXafOIDPzMUgoO9m
hiNUEmg/uoqMRk0URwdZfydryEoDmo2rimB94gZClBwz4TXEYZoVkKnKyPcSy5F+
xpQwZ2sFiGegtIeHChl4lvErpaWg8vaUX3GBp6EHa2+DINg4JZcId5QLC1CREJU8
HgP4erpyrFIVWNyWbiLxvrs6m/wDHFboSAZKZ6nkqBtNpUyW2npUdm9jO2EAjA2c
hP/JsB88Btpd8683D0l56fgKd/Avxri4xSzVcLl9hQKBgQDdjtChLNkgthggdchC
e4mzZdPuLK6LFkYbjwZJmtrlHtgQoqzA728C4r7s61n9XeNJ7HY2Gr35gUUF+fF8
CirLKzV35/Ir5cqThmAp2pHDK3j3lqzj+MF5O+yB2Hj/PmW6O+qlf/BqgTP0qQAm
F3e+NNlOCUN+tKOPsx35HARwjwKBgQC3KmJolYDXAOPRnj0jP1hPGnHh5+GxUDWM
j+2WiNT4BQaDQBcZzApm7SRCI/Ou1YtVo1df5X0sbH56uJU2AOiGO50tDMVgQ8F1
ds7W5BI0yVt1lC6C99n7xkhZ/t5jhf+qRq2ezNAOVhgJt0CaeOEKnW3AmPcLJqzQ
RkpT+ne5HQKBgQC1bfTUd2hajCMXubvDDW0GtlUlDfvks9m3SZjpf2DPDUH75Wq4
F5n9b/bPBi9L9q1gZL2sspttDPmb2kBwxdajRv/i79J1Nhh8VCa9P1nry9akUQPF
L3gnsfWLotv6kHs3VUdiPXF/lcwZBqezibYp0Rc9+wIFaSEjVJcv3kyYawKBgHYa
BSPsKgv3ze1t+3vLr1Qp9/4ydqrOzghZEVe72J4nF2DvpTWEA70D8RoYdlpn5JSO
Yps5rLFFL3RPqh4NDeDndVwD3QxKA+aKeanDmx2gK7GvnyHhUBNwcVxd4uUHFKel
NPOsmgZ0asFxAF3ZzTj78zV5K+lrwYf1mp11ZVbdAoGBAJ+KZ79nzz8+9n+IadvB
UCdddjWSTZmkJwCY/rwz9fkwBI2EBCz7PwUqljAEkO1rw3MSl5mNqexrkieFiMqo
jMTj0kJ31NtoZQc4SY8UW+FnnpGX8+M9P1OLECJ8Yuy3mAXXIz7uTyzh9DS1eO7n
GAuHovMeqj72+JSoLSO0oMk6
-----END PRIVATE KEY-----`;

/** `'development'`: the fixed key above; `'generated'`: a fresh one; otherwise an RSA private key as PEM. */
export function resolveSigningKey(source: 'development' | 'generated' | (string & {})): SigningKey {
  if (source === 'generated') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  const privateKey = readPem(source === 'development' ? developmentKeyPem : source);
  if (privateKey.asymmetricKeyType !== 'rsa')
    throw new SimulatorError('invalid_argument', 'signingKey must be an RSA key: Adobe signs with RS256');
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

function readPem(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    // The original message may quote its input.
    throw new SimulatorError(
      'invalid_argument',
      "signingKey must be 'development', 'generated' or an RSA private key as PEM",
    );
  }
}
