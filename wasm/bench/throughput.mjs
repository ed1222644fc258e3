// How fast certificates are read and signatures checked, beside other libraries.
import { create } from "@certloupe/wasm";
import jsrsasign from "jsrsasign";
import { sm2 } from "sm-crypto-v2";
import { server, sm2Pair } from "./inputs.mjs";
import { perSecond } from "./measure.mjs";

/** Returns the rows of the table. */
export async function throughput() {
  const certloupe = await create();
  const rows = [await summary(certloupe), await allFields(certloupe), await signatures(certloupe)];
  certloupe.dispose();
  return rows;
}

async function summary(certloupe) {
  const files = Array(2000).fill(server);
  const rate = await perSecond(async () => {
    const rows = await certloupe.summary(files);
    if (rows.length !== files.length) throw new Error("rows are missing");
  }, files.length);
  const fields = (certificate) => [certificate.getSubjectString(), certificate.getIssuerString(), certificate.getSerialNumberHex(), certificate.getNotBefore(),
    certificate.getNotAfter(), certificate.getSignatureAlgorithmField(), certificate.getExtSubjectAltName(), certificate.getExtBasicConstraints()];
  const peer = await perSecond(() => fields(readBy(jsrsasign, server)));
  return { what: "summary, certificates/s", rate, peer, other: "jsrsasign", wanted: { rate: 20_000 } };
}

function readBy({ X509 }, pem) {
  const certificate = new X509();
  certificate.readCertPEM(pem);
  return certificate;
}

async function allFields(certloupe) {
  const rate = await perSecond(async () => {
    const { certificates } = await certloupe.inspect(server);
    if (certificates.length !== 1) throw new Error("there is no certificate");
  });
  const peer = await perSecond(() => {
    if (!readBy(jsrsasign, server).getParam().serial) throw new Error("there is no certificate");
  });
  return { what: "inspect, one certificate, all fields, /s", rate, peer, other: "jsrsasign", wanted: { ratio: 3 } };
}

/**
 * The check of one signature. Certloupe has no function for it alone, so it does more here: it reads both
 * certificates and judges the path. The other library is handed key, signature and bytes.
 */
async function signatures(certloupe) {
  const { leaf, issuer } = await sm2Pair(certloupe);
  const time = "2026-01-01T00:00:00Z";
  const rate = await perSecond(async () => {
    const report = await certloupe.chain(leaf, { roots: issuer, time });
    if (report.verdict !== "accepted") throw new Error("the signature is refused");
  });
  const damaged = damage(leaf);
  if ((await certloupe.chain(damaged, { roots: issuer, time })).verdict !== "rejected") throw new Error("a wrong signature is taken");

  const { ASN1HEX } = jsrsasign;
  const signed = readBy(jsrsasign, leaf).hex;
  const tbs = ASN1HEX.getTLV(signed, ASN1HEX.getChildIdx(signed, 0)[0]);
  const signature = ASN1HEX.getV(signed, ASN1HEX.getChildIdx(signed, 0)[2]).slice(2);
  const key = readBy(jsrsasign, issuer).getPublicKeyHex().slice(-130);
  const message = Uint8Array.from(Buffer.from(tbs, "hex"));
  const verify = (message) => sm2.doVerifySignature(message, signature, key, { der: true, hash: true });
  if (!verify(message) || verify(message.slice(1))) throw new Error("sm-crypto-v2 is used wrongly");
  const peer = await perSecond(() => verify(message));
  return { what: "SM2 signature in a path, /s", rate, peer, other: "sm-crypto-v2", wanted: { ratio: 3 } };
}

/** Changes the last byte of a certificate, which is of its signature. */
function damage(pem) {
  const der = Buffer.from(pem.replace(/-----.*-----|\n/g, ""), "base64");
  der[der.length - 1] ^= 1;
  return new Uint8Array(der);
}
