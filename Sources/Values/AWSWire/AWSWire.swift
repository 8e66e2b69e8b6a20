// AWSWire: the bytes of AWS's protocols, both ways. JSON 1.1, query with XML answers, and the faults of
// each; from bytes to `Decodable` values and from `Encodable` values to bytes. It knows no service.

/// Why an answer or a document could not be read.
package struct MalformedBody: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with it, for whoever made it.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
