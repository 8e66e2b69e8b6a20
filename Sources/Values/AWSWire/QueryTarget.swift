package import Vocabulary

/// Which operation a form asks for, found without reading the rest of it.
///
/// Before a signature is known to be right no more than this is done with a form: one pass over its bytes, which
/// allocates nothing but the two values. Of a name that comes twice the last value counts, as with AWS.
package struct QueryTarget: Equatable, Sendable {
    /// The value of `Action`, cut at `Limits.recordedNameLength` characters; empty when the form does not say.
    package private(set) var action = ""
    /// The value of `Version`, cut likewise.
    package private(set) var version = ""

    /// Reads `Action` and `Version`.
    ///
    /// Throws `MalformedQueryString` when one of the two is not UTF-8 under its escapes.
    package init(form: some Collection<UInt8>) throws(ServiceFault) {
        for parameter in form.split(separator: UInt8(ascii: "&")) {
            if let value = Self.value(of: "Action=", in: parameter) {
                action = try Self.decoded(value)
            } else if let value = Self.value(of: "Version=", in: parameter) {
                version = try Self.decoded(value)
            }
        }
    }

    private static func value<Bytes: Collection<UInt8>>(
        of name: StaticString,
        in parameter: Bytes
    ) -> Bytes.SubSequence? {
        let wanted = UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        guard parameter.starts(with: wanted) else { return nil }
        return parameter.dropFirst(wanted.count)
    }

    private static func decoded(_ value: some Collection<UInt8>) throws(ServiceFault) -> String {
        // An escape takes three bytes, and a character of UTF-8 up to four of them.
        let most = 12 * Limits.recordedNameLength
        let text = try Form.decoded(value.prefix(most))
        return String(text.prefix(Limits.recordedNameLength))
    }
}
