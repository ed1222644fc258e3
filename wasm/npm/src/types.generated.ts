// Made from docs/*.schema.json by scripts/types.mjs; do not edit.

/**
 * The findings that there are. Members may be added.
 */
export type Rules = Rule[];

/**
 * What Certloupe says about an upload. Members may be added without a new version; the version in "schema" changes when a member changes its meaning or goes away.
 */
export interface Report {
  schema: "certloupe.report/1";
  /**
   * By whose rules the upload was judged.
   */
  profile: "generic" | "iotda-server" | "iotda-ca" | "iotda-device" | "apig-ssl";
  /**
   * Rejected if there is a finding of severity error.
   */
  verdict: "accepted" | "rejected";
  /**
   * In the order in which the upload is read; what concerns several parts comes last.
   */
  findings: Finding[];
  /**
   * All certificates of all inputs, in their order.
   */
  certificates: Certificate[];
  /**
   * The private keys that could be opened, without any key material.
   */
  keys: Key[];
  pairing?: Pairing;
  /**
   * The documented response body of the operation; null if the upload is rejected or there is none.
   */
  response: null | ServerCertificate | CaCertificate | DeviceCertificate | SslCertificate;
  /**
   * The inputs that could be read only after a repair.
   */
  repaired: Repaired[];
  /**
   * The chains that are better sent otherwise than they are.
   */
  reassembled?: Reassembled[];
  /**
   * What is known about the revocation of the certificates, if somebody was asked.
   */
  revocation?: CertificateStatus[];
}
export interface Finding {
  /**
   * What was found. Stable; docs/findings.md lists all codes.
   */
  code: string;
  severity: "error" | "warning" | "notice";
  /**
   * For a person; its wording may change.
   */
  message: string;
  where?: Where;
  /**
   * What to do about it.
   */
  fix?: string;
  /**
   * The standard or documented constraint behind it.
   */
  ref?: string;
  /**
   * The error code that the service publishes for it.
   */
  vendor_code?: string;
  /**
   * What the message speaks of, for programs.
   */
  data?: {
    [k: string]: string | number | string[];
  };
}
export interface Where {
  /**
   * The input: a file's name or a request's field.
   */
  input?: string;
  /**
   * The field of the certificate, key or request.
   */
  field?: string;
  /**
   * The index into certificates.
   */
  certificate?: number;
  /**
   * The block of the input, from 1.
   */
  block?: number;
  /**
   * The line of the input, from 1.
   */
  line?: number;
  /**
   * The offset in the input.
   */
  byte?: number;
  /**
   * The offset in the block's DER.
   */
  der_byte?: number;
}
export interface Certificate {
  /**
   * The input that the certificate came from.
   */
  input: string;
  /**
   * Its block in that input, from 1.
   */
  block: number;
  /**
   * The container that it was unpacked from.
   */
  container?: "PKCS#7" | "PKCS#12" | "JKS" | "JCEKS";
  /**
   * Its name in the container.
   */
  friendly_name?: string;
  /**
   * The subject as RFC 4514 writes it.
   */
  subject: string;
  common_name?: string;
  /**
   * The subject as the documented fields have it.
   */
  owner: string;
  /**
   * The issuer as the documented fields have it.
   */
  issuer: string;
  version: 1 | 2 | 3;
  /**
   * Decimal; hexadecimal after 0x if it is absurdly long.
   */
  serial_number: string;
  serial_hex: string;
  /**
   * yyyyMMdd'T'HHmmss'Z', in UTC.
   */
  effective_date?: string;
  /**
   * yyyyMMdd'T'HHmmss'Z', in UTC.
   */
  expiry_date?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  not_before?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  not_after?: string;
  /**
   * SHA-256 of the DER.
   */
  fingerprint: string;
  fingerprint_sha1: string;
  fingerprint_sm3: string;
  signature_algorithm: string;
  public_key: PublicKey;
  is_ca: boolean;
  path_len?: number;
  /**
   * Subject and issuer are the same name.
   */
  self_issued: boolean;
  key_usage?: string[];
  ext_key_usage?: string[];
  san?: GeneralName[];
  dns_names?: string[];
  /**
   * URLs of OCSP responders.
   */
  ocsp?: string[];
  /**
   * URLs of the issuer's certificate.
   */
  ca_issuers?: string[];
  /**
   * URLs of revocation lists.
   */
  crl?: string[];
  subject_key_id?: string;
  authority_key_id?: string;
  /**
   * Relative distinguished names in the order of the encoding, each with its attributes.
   */
  subject_attributes?: {
    oid: string;
    name?: string;
    /**
     * The ASN.1 type of the value; absent if it is no text.
     */
    type?: string;
    value: string;
  }[][];
  /**
   * Relative distinguished names in the order of the encoding, each with its attributes.
   */
  issuer_attributes?: {
    oid: string;
    name?: string;
    /**
     * The ASN.1 type of the value; absent if it is no text.
     */
    type?: string;
    value: string;
  }[][];
  extensions?: Extension[];
}
export interface PublicKey {
  algorithm: string;
  curve?: string;
  bits?: number;
  algorithm_type?: "RSA" | "ECC" | "SM2";
}
export interface GeneralName {
  type:
    | "otherName"
    | "rfc822Name"
    | "dNSName"
    | "x400Address"
    | "directoryName"
    | "ediPartyName"
    | "uniformResourceIdentifier"
    | "iPAddress"
    | "registeredID"
    | "unknown";
  value: string;
}
/**
 * Its value if it is known and can be decoded, else its raw bytes.
 */
export interface Extension {
  oid: string;
  name?: string;
  critical: boolean;
  value?: unknown;
  malformed?: true;
  raw?: string;
}
export interface Key {
  input: string;
  block: number;
  /**
   * The container that it was unpacked from.
   */
  container?: "PKCS#7" | "PKCS#12" | "JKS" | "JCEKS";
  /**
   * Its name in the container.
   */
  friendly_name?: string;
  algorithm: string;
  bits?: number;
  format: "PKCS#1" | "PKCS#8" | "SEC1" | "DSA";
  /**
   * How the key was encrypted; absent if it was not.
   */
  encryption?: string;
  /**
   * The index of the certificate that it belongs to.
   */
  certificate?: number;
}
/**
 * What was learned of a signing and an encryption certificate.
 */
export interface Pairing {
  algorithm?: "RSA" | "ECC" | "SM2";
  signing?: Half;
  encryption?: Half;
  /**
   * Each certificate arrived in the field of the other.
   */
  swapped: boolean;
  /**
   * Each key arrived beside the other's certificate.
   */
  keys_swapped: boolean;
  /**
   * How servers and services take a pair.
   */
  advice: {
    for: string;
    signing: string;
    encryption: string;
  }[];
}
export interface Half {
  input?: string;
  /**
   * A place counted from zero.
   */
  certificate?: number;
  key_usage: string[];
  key_found: boolean;
  key_input?: string;
}
/**
 * IoTDA: response of adding a server certificate.
 */
export interface ServerCertificate {
  server_certificate_id?: string;
  common_name?: string;
  /**
   * yyyyMMdd'T'HHmmss'Z', in UTC.
   */
  effective_date?: string;
  /**
   * yyyyMMdd'T'HHmmss'Z', in UTC.
   */
  expiry_date?: string;
  certificate_owner: string;
  certificate_issuer: string;
}
/**
 * IoTDA: response of updating a CA certificate.
 */
export interface CaCertificate {
  certificate_id?: string;
  cn_name?: string;
  owner?: string;
  status?: boolean;
  verify_code?: string;
  provision_enable?: boolean;
  template_id?: string;
  /**
   * As the record has it.
   */
  create_date?: string;
  /**
   * As the certificate has it, or else the record.
   */
  effective_date?: string;
  /**
   * As the certificate has it, or else the record.
   */
  expiry_date?: string;
  ocsp_enable?: boolean;
  ocsp_server_ca_id?: string;
  ocsp_ssl_enable?: boolean;
}
/**
 * IoTDA: response of querying a device certificate.
 */
export interface DeviceCertificate {
  certificate_id?: string;
  common_name?: string;
  /**
   * yyyyMMdd'T'HHmmss'Z', in UTC.
   */
  expiry_date?: string;
  fingerprint: string;
  status: "ACTIVE" | "INACTIVE";
  certificate_pem: string;
}
/**
 * APIG: response of modifying an SSL certificate.
 */
export interface SslCertificate {
  id?: string;
  name: string;
  type: "global" | "instance";
  instance_id?: string;
  project_id?: string;
  common_name?: string;
  san?: string[];
  version: 1 | 2 | 3;
  organization?: string[];
  organizational_unit?: string[];
  locality?: string[];
  state?: string[];
  country?: string[];
  /**
   * RFC 3339, in UTC, to the second.
   */
  not_before?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  not_after?: string;
  serial_number: string;
  issuer?: string[];
  signature_algorithm: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  create_time?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  update_time?: string;
  is_has_trusted_root_ca?: boolean;
  algorithm_type?: "RSA" | "ECC" | "SM2";
}
export interface Repaired {
  input: string;
  pem?: string;
  /**
   * The repaired text has a private key and is not part of a report.
   */
  withheld?: true;
}
/**
 * A chain as a server should send it: each certificate issued by the next, without the root.
 */
export interface Reassembled {
  /**
   * What it can take the place of.
   */
  input: string;
  /**
   * Items: A place counted from zero.
   */
  certificates: number[];
  pem: string;
}
/**
 * What is known about whether a certificate was revoked.
 */
export interface CertificateStatus {
  /**
   * The index into certificates.
   */
  certificate: number;
  status: "good" | "revoked" | "unknown" | "refused" | "could-not-ask" | "nothing-to-ask" | "not-checked";
  /**
   * The file or the URL that the answer is from.
   */
  source?: string;
  /**
   * The finding that says why evidence was refused.
   */
  code?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  revoked_at?: string;
  /**
   * As RFC 5280, Section 5.3.1 names it.
   */
  reason?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  produced_at?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  this_update?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  next_update?: string;
}
/**
 * What Certloupe says about the path from a certificate to a trusted root. Members may be added without a new version; the version in "schema" changes when a member changes its meaning or goes away.
 */
export interface ChainReport {
  schema: "certloupe.chain/1";
  /**
   * By whose rules the path was judged.
   */
  profile: "rfc5280" | "webpki";
  /**
   * The instant at which it was judged.
   */
  time: string;
  /**
   * Rejected if there is a finding of severity error.
   */
  verdict: "accepted" | "rejected";
  /**
   * Those of the files first, then of their certificates, of the path, and of the upload as a chain.
   */
  findings: Finding[];
  /**
   * The path that was found or, if there is no valid one, that came closest.
   */
  path: {
    /**
     * The target first.
     *
     * Items: A place counted from zero.
     */
    certificates: number[];
    /**
     * The last certificate is a trusted root.
     */
    anchored: boolean;
  };
  /**
   * The certificate policies that the path is valid for; 2.5.29.32.0 alone is any.
   */
  policies?: string[];
  /**
   * The target's key, with parameters that it inherits.
   */
  public_key?: PublicKey;
  /**
   * What is known about the certificates of the path but the root.
   */
  revocation?: CertificateStatus[];
  /**
   * The paths that were tried, if asked for, in their order.
   */
  tried?: {
    /**
     * Items: A place counted from zero.
     */
    certificates: number[];
    anchored: boolean;
    findings: Finding[];
  }[];
  /**
   * How many were tried; not more than 200 are kept.
   */
  tried_paths?: number;
  /**
   * Those of the files, in their order, and then those of the roots and intermediates that the paths have.
   */
  certificates: Certificate[];
  /**
   * The files that could be read only after a repair.
   */
  repaired: Repaired[];
  /**
   * The chain as it should be sent; absent if it is sent like that.
   */
  reassembled?: Reassembled;
}
/**
 * What is said in one line about a thing in a file. Members may be added.
 */
export interface SummaryRow {
  /**
   * The file's name.
   */
  source: string;
  /**
   * The line on which its block starts, from 1; absent if the file is no text.
   */
  line?: number;
  /**
   * Its block in the file, from 1; absent if nothing was found in the file.
   */
  block?: number;
  kind:
    | "certificate"
    | "private_key"
    | "public_key"
    | "certificate_request"
    | "crl"
    | "pkcs7"
    | "pkcs12"
    | "java_keystore"
    | "sm2_container"
    | "openssh_key"
    | "parameters"
    | "unknown";
  /**
   * The format of the container that it is, or is in.
   */
  container?: string;
  /**
   * Its place in the container, from 1.
   */
  entry?: number;
  /**
   * Its name in the container.
   */
  friendly_name?: string;
  /**
   * Rejected if a finding is an error.
   */
  verdict: "accepted" | "rejected";
  /**
   * Their codes.
   */
  findings: string[];
  /**
   * SHA-256 of the DER.
   */
  fingerprint?: string;
  common_name?: string;
  /**
   * As RFC 4514 writes it.
   */
  subject?: string;
  san?: GeneralName[];
  /**
   * As the documented fields have it.
   */
  issuer?: string;
  serial_hex?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  not_before?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  not_after?: string;
  /**
   * Rounded down; negative after the end.
   */
  days_left?: number;
  key_algorithm?: string;
  key_curve?: string;
  key_bits?: number;
  signature_algorithm?: string;
  is_ca?: boolean;
  /**
   * How a private key was stored. Nothing of the key itself is ever here.
   */
  format?: "PKCS#1" | "PKCS#8" | "SEC1" | "DSA";
  /**
   * How a private key was encrypted; absent if it was not.
   */
  encryption?: string;
}
/**
 * What was done to a file to make sound PEM of it. The mended text stands beside it and is not part of it. Members may be added without a new version; the version in "schema" changes when a member changes its meaning or goes away.
 */
export interface Fix {
  schema: "certloupe.fix/1";
  /**
   * The file's name.
   */
  input: string;
  /**
   * There is a text.
   */
  mended: boolean;
  /**
   * There is no text, or something remains that could not be repaired.
   */
  damaged: boolean;
  /**
   * The file is DER.
   */
  converted: boolean;
  /**
   * The file has a container.
   */
  unpacked: boolean;
  /**
   * How many private keys of the container were left out, because nobody asked for them.
   */
  withheld_keys: number;
  /**
   * The file has a private key, or something that may have one, and so has the text.
   */
  secret: boolean;
  /**
   * What was wrong and is not any more.
   */
  repaired: Finding[];
  /**
   * What is still wrong with the file.
   */
  remaining: Finding[];
}
/**
 * A finding that there is, in general.
 */
export interface Rule {
  /**
   * Stable.
   */
  code: string;
  severity: "error" | "warning" | "notice";
  /**
   * For a person; its wording may change. In braces stand the names of data.
   */
  message: string;
  /**
   * Why it matters.
   */
  why: string;
  /**
   * What to do about it.
   */
  fix?: string;
  /**
   * The standard or documented constraint behind it.
   */
  ref?: string;
  /**
   * The error code that the service APIG publishes for it.
   */
  apig?: string;
  /**
   * The error code that the service IoTDA publishes for it.
   */
  iotda?: string;
}
/**
 * What an OCSP response says about a certificate. Members may be added without a new version; the version in "schema" changes when a member changes its meaning or goes away.
 */
export interface OCSPResult {
  schema: "certloupe.ocsp/1";
  /**
   * refused: there is no answer to believe. unknown: who answered does not know the certificate, or nobody answered.
   */
  status: "good" | "revoked" | "unknown" | "refused";
  /**
   * Why the response was refused; the finding is among the findings.
   */
  code?: string;
  /**
   * RFC 3339, in UTC, to the second.
   */
  revoked_at?: string;
  /**
   * As in RFC 5280, Section 5.3.1.
   */
  reason?:
    | "unspecified"
    | "keyCompromise"
    | "cACompromise"
    | "affiliationChanged"
    | "superseded"
    | "cessationOfOperation"
    | "certificateHold"
    | "removeFromCRL"
    | "privilegeWithdrawn"
    | "aACompromise";
  /**
   * When the response was signed.
   */
  produced_at?: string;
  /**
   * When the status was known to be right.
   */
  this_update?: string;
  /**
   * When there is newer information at the latest.
   */
  next_update?: string;
  /**
   * The name of the responder that signed in the issuer's place.
   */
  delegate?: string;
  findings: Finding[];
}
/**
 * Whom to ask whether a certificate was revoked. All addresses are from the certificate. The request stands beside it and is not part of it. Members may be added without a new version; the version in "schema" changes when a member changes its meaning or goes away.
 */
export interface OCSPRequest {
  schema: "certloupe.ocsp-request/1";
  /**
   * URLs of the responders, which take the request by POST.
   */
  ocsp: string[];
  /**
   * For each of them the URL with the request, to be asked for by GET.
   */
  get: string[];
  /**
   * URLs of revocation lists.
   */
  crls: string[];
  /**
   * URLs of lists of what changed since the complete one.
   */
  deltas: string[];
  /**
   * The certificate demands that servers send a response with it.
   */
  must_staple: boolean;
  /**
   * Its issuer says that it is never revoked.
   */
  no_revocation: boolean;
  /**
   * It is valid for so short a time that it need not be checked.
   */
  short_lived: boolean;
}
