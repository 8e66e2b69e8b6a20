extension Limits {
    /// Levels of objects and lists in a policy document; the deepest that means something has seven.
    package static let policyNesting = 32
    /// Bytes of a policy document's text: the `policyDocumentType` shape of IAM.
    package static let policyDocumentBytes = 131_072
}
