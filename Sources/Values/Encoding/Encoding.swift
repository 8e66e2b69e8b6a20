// Encoding: the one home of how bytes, numbers and days are written as others write them: hexadecimal, base 64,
// percent-escapes, big-endian, checksums and the calendar. Whole buffers in, whole buffers out; no clock, no locale.

/// Why a text does not stand for anything.
package enum MalformedText: Error, Equatable, Sendable {
    /// It is too long or too short by a part of a byte, or ends inside an escape.
    case length(Int)
    /// The byte at this offset does not belong there.
    case unexpected(at: Int)
    /// What it stands for is bytes that are no UTF-8.
    case notUTF8
}
