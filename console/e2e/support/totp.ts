import { createHmac } from "node:crypto";

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** The six digits that an authenticator app shows: RFC 6238, with SHA-1 and steps of 30 seconds. `ahead` is in steps. */
export function totp(secret: string, ahead = 0): string {
  const letters = [...secret.replaceAll(" ", "")];
  const bits = letters.map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac("sha1", key).update(counter).digest();
  const place = (hash.at(-1) ?? 0) & 0xf;
  const number = hash.readUInt32BE(place) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}
