// Certificates: what TLS shows. The private authority, the certificates that it issues and renews, the names they hold,
// and the identity that listeners share. Keys lie sealed, in files that only the server's user reads.
