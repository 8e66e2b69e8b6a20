extension Limits {
    /// Bytes that Encrypt takes.
    package static let kmsPlaintextBytes = 4096
    /// Bytes of a ciphertext that is given to Decrypt.
    package static let kmsCiphertextBytes = 6144
    /// Bytes that GenerateDataKey makes.
    package static let kmsDataKeyBytes = 1024
    /// Characters of all keys and values of an encryption context.
    package static let kmsEncryptionContextCharacters = 8192
    /// Characters by which a request may name a key.
    package static let kmsKeyReferenceLength = 2048
    /// Characters of an alias, with `alias/`.
    package static let kmsAliasLength = 256
    /// Aliases of one key: AWS's quota.
    package static let kmsAliasesPerKey = 50
    /// Tags of one key.
    package static let kmsTagsPerKey = 50
    package static let kmsTagKeyLength = 128
    package static let kmsTagValueLength = 256
    package static let kmsDescriptionLength = 8192
    /// Bytes of a key policy: AWS's quota, below the limit of the API's shape.
    package static let kmsPolicyBytes = 32_768
    /// Characters of a key policy by the API's shape.
    package static let kmsPolicyShapeLength = 131_072
    package static let kmsMarkerLength = 1024
    package static let kmsGrantTokens = 10
    /// Days that a key waits for its destruction.
    package static let kmsPendingWindowDays = 7...30
    package static let kmsPendingWindowDefaultDays = 30
    /// Days that the API's shape lets a request ask for.
    package static let kmsPendingWindowShapeDays = 1...365
    /// Characters of a grant's id.
    package static let kmsGrantIDLength = 128
    /// Characters by which a request names the principal of a grant.
    package static let kmsPrincipalLength = 256
    /// Seconds between two looks for keys that are due to be destroyed.
    package static let kmsDeletionPeriod = 60
    /// Keys that are read at once to be destroyed.
    package static let kmsDeletionBatch = 100
    /// How often a change is tried again when somebody else changed the key meanwhile.
    package static let kmsConflictRetries = 16
    /// Keys whose records and opened material are kept in memory, and as many aliases.
    package static let kmsCachedKeys = 4096
}
