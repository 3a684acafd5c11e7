import { refuse } from "../errors.js";
import { kindOrNull, smsPort } from "../phones.js";
import { ungroup } from "../text.js";

// A 95 number with a sub-number behind it; up to eight digits it is the service number itself.
const SERVICE_PORT = /^95[0-9]{7,18}$/;

function rule(text) {
  const port = smsPort(text);
  if (port !== null) {
    return port;
  }
  const number = ungroup(text);
  if (SERVICE_PORT.test(number)) {
    return number;
  }
  const kind = kindOrNull(text);
  return kind === null ? refuse("sms-port") : refuse(`is-${kind}`, kind);
}

export const IDENTIFIER = { code: "sms-port", personal: false, rule };
