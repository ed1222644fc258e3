// Verifies the chain leaf, intermediate, root as often as asked and prints the
// processor time of one verification in nanoseconds. Decoding is not measured.
#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static X509 *load(const char *file) {
	BIO *in = BIO_new_file(file, "r");
	X509 *c = in ? PEM_read_bio_X509(in, NULL, NULL, NULL) : NULL;
	if (c == NULL) {
		fprintf(stderr, "cannot read %s\n", file);
		exit(2);
	}
	if (EVP_PKEY_is_a(X509_get0_pubkey(c), "SM2")) { // It needs the default signer ID.
		ASN1_OCTET_STRING *id = ASN1_OCTET_STRING_new();
		ASN1_OCTET_STRING_set(id, (const unsigned char *)"1234567812345678", 16);
		X509_set0_distinguishing_id(c, id);
	}
	BIO_free(in);
	return c;
}

int main(int argc, char **argv) {
	if (argc != 6)
		return 2;
	X509 *root = load(argv[1]), *intermediate = load(argv[2]), *leaf = load(argv[3]);
	long count = atol(argv[4]);
	X509_STORE *store = X509_STORE_new();
	X509_STORE_add_cert(store, root);
	X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)atol(argv[5]));
	STACK_OF(X509) *others = sk_X509_new_null();
	sk_X509_push(others, intermediate);
	clock_t start = clock();
	for (long i = 0; i < count; i++) {
		X509_STORE_CTX *ctx = X509_STORE_CTX_new();
		X509_STORE_CTX_init(ctx, store, leaf, others);
		if (X509_verify_cert(ctx) != 1) {
			fprintf(stderr, "%s\n", X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
			return 1;
		}
		X509_STORE_CTX_free(ctx);
	}
	printf("%.0f\n", (double)(clock() - start) / CLOCKS_PER_SEC * 1e9 / count);
	return 0;
}
