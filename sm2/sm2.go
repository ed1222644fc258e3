// Package sm2 knows what is special about certificates and keys of the Chinese
// commercial cryptography standards (GB/T and GM/T): servers that have one
// certificate for signing and another one for encryption, the containers in
// which a CA hands out the key of the latter, and the signer ID that goes into
// every SM2 signature.
//
// [CheckPair] judges a signing and an encryption certificate together; pairs of
// RSA and ECC certificates are judged by the same rules. [OpenContainer] opens
// key containers. [DiagnoseSignerID] says why an SM2 signature does not verify.
//
// The signatures themselves are checked by certparse.VerifySignature, which
// accepts the standard signer ID only.
package sm2
