// SigV4: AWS Signature Version 4, both ways. What is signed, how it is signed, and what a signature that
// somebody sent is worth. Values only: the time and the secret are parameters.

/// A header as it is sent; names are compared without regard to case.
package struct HeaderField: Equatable, Sendable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// The part of a request that a signature covers, apart from its body.
///
/// `path` and `query` are as they stand in the request line, percent-encoded, the query without its
/// question mark. `headers` must hold `host`, whatever the transport calls it.
package struct SignableRequest: Sendable {
    package let method: String
    package let path: String
    package let query: String
    package let headers: [HeaderField]

    package init(method: String, path: String, query: String = "", headers: [HeaderField]) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
    }

    /// The first value of the header of that lower-case name.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.isEqualIgnoringCase(toLowercase: name) }?.value
    }
}

extension String {
    /// Whether it is `other`, an ASCII text in lower case, apart from the case of its letters.
    func isEqualIgnoringCase(toLowercase other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        return zip(utf8, other.utf8).allSatisfy { $0.lowercasedASCII == $1 }
    }
}

extension UInt8 {
    var lowercasedASCII: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
