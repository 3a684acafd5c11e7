// Check digits.

function luhnSum(number) {
  let sum = 0;
  for (let index = 0; index < number.length; index++) {
    const digit = Number(number[number.length - 1 - index]) * (index % 2 ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10;
}

/** Whether the last digit is right by Luhn's rule (ISO/IEC 7812). */
export function isLuhn(number) {
  return luhnSum(number) === 0;
}

/** The digit that Luhn's rule puts behind a number. */
export function luhnDigit(number) {
  return String((10 - luhnSum(`${number}0`)) % 10);
}

/** The check character of the first 17 digits of an ID number (GB 11643). */
export function idDigit(number) {
  let rest = 0;
  for (const digit of number.slice(0, 17)) {
    rest = (rest * 13 + Number(digit)) % 11;
  }
  const check = (12 - ((2 * rest) % 11)) % 11;
  return check === 10 ? "X" : String(check);
}

const USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** Whether 18 characters are a unified social credit code (GB 32100). */
export function isUscc(code) {
  if (!/^[0-9]{8}[0-9A-HJ-NP-RTUWXY]{10}$/.test(code)) {
    return false;
  }
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * USCC.indexOf(code[index]), 0);
  return code[17] === USCC[(31 - (sum % 31)) % 31];
}
