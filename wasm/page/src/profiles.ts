// What each profile takes, and what its fields are called in reports and in the documented bodies.
import type { Operation, Profile } from "@certloupe/wasm";
import type { Source } from "./text/source.js";

export type Part = "certificate" | "privateKey" | "signCertificate" | "signPrivateKey" | "trustedRoot" | "verification";
export type Value = "password" | "verifyCode" | "name" | "type" | "instanceId" | "algorithmType" | "status";

export interface ProfileShape {
  readonly id: Profile;
  /** The fields that hold certificates and keys, and what reports call them. */
  readonly parts: Partial<Record<Part, string>>;
  /** Fields that are folded away until somebody needs them. */
  readonly rare: readonly Part[];
  readonly values: readonly Value[];
  /** The documented operation with a body. */
  readonly operation?: Exclude<Operation, "query-device-certificate">;
}

export const profiles: readonly ProfileShape[] = [
  {
    id: "generic",
    parts: {
      certificate: "certificate", privateKey: "private_key", signCertificate: "sign_certificate",
      signPrivateKey: "sign_private_key", trustedRoot: "trusted_root",
    },
    rare: ["signCertificate", "signPrivateKey", "trustedRoot"],
    values: ["password"],
  },
  {
    id: "iotda-server",
    parts: { certificate: "certificate_pem", privateKey: "private_key" },
    rare: [],
    values: ["password"],
    operation: "add-server-certificate",
  },
  {
    id: "iotda-ca",
    parts: { certificate: "certificate", verification: "verification_certificate" },
    rare: [],
    values: ["verifyCode"],
    operation: "update-ca-certificate",
  },
  { id: "iotda-device", parts: { certificate: "certificate", trustedRoot: "ca" }, rare: [], values: ["status"] },
  {
    id: "apig-ssl",
    parts: {
      certificate: "cert_content", privateKey: "private_key", signCertificate: "cert_content_sign",
      signPrivateKey: "private_key_sign", trustedRoot: "trusted_root_ca",
    },
    rare: ["signCertificate", "signPrivateKey", "trustedRoot"],
    values: ["name", "type", "instanceId", "algorithmType"],
    operation: "modify-ssl-certificate",
  },
];

/** The values that a field may have, for those that are chosen from a list. */
export const choices: Partial<Record<Value, readonly string[]>> = {
  type: ["global", "instance"],
  algorithmType: ["RSA", "ECC", "SM2"],
  status: ["ACTIVE", "INACTIVE"],
};

export function shapeOf(id: Profile): ProfileShape {
  return profiles.find((p) => p.id === id)!;
}

/** Everything that a person put in. */
export interface Upload {
  readonly profile: Profile;
  /** Whether the body of a request is judged rather than the fields. */
  readonly whole: boolean;
  readonly sources: Partial<Record<Part | "body" | "record", Source>>;
  readonly values: Partial<Record<Value, string>>;
  /** The day as of which is judged, as 2026-01-31; empty is now. */
  readonly day: string;
}

/** Whether there is anything to judge. */
export function isEmpty(upload: Upload): boolean {
  const shape = shapeOf(upload.profile);
  const fields = upload.whole ? (["body"] as const) : (Object.keys(shape.parts) as Part[]);
  return fields.every((f) => !upload.sources[f] || upload.sources[f]!.bytes.length === 0);
}
