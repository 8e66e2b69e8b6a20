import Encoding
import Files
import Storage

/// Remembers from where on the append log is kept, in a file of two slots.
///
/// A slot is `position (8) ‖ CRC-32C of it (4)`; the greater position that checks is the one. Writing goes to
/// the slot that does not hold it, so that a crash leaves the other; and it never makes the file longer,
/// since giving room back must work on a full disk.
struct LogFront: Sendable {
    private static let name = "front"
    private static let slotLength = 4096

    private let file: OpenFile
    private(set) var position: UInt64
    private var slot: Int

    /// Opens the file, or makes it if there is none; blocks.
    init(in folder: Directory, for access: DirectoryAccess) throws(FileFailure) {
        file = try folder.file(Self.name, for: access == .serving ? .writing : .reading)
        let bytes = try file.read(at: 0, count: 2 * Self.slotLength)
        let slots = [0, 1].map { Self.position(in: bytes, slot: $0) }
        position = max(slots[0] ?? 0, slots[1] ?? 0)
        slot = slots[0] == position ? 0 : 1
        if access == .serving, bytes.count < 2 * Self.slotLength {
            try file.write([UInt8](repeating: 0, count: 2 * Self.slotLength), at: 0)
            try advance(to: position)
            try folder.synchronize()
        }
    }

    /// Remembers a later position durably.
    mutating func advance(to position: UInt64) throws(FileFailure) {
        var bytes: [UInt8] = []
        bytes.append(bigEndian: position)
        bytes.append(bigEndian: CRC32.of(bytes, .castagnoli))
        try file.write(bytes, at: (1 - slot) * Self.slotLength)
        try file.synchronize()
        slot = 1 - slot
        self.position = position
    }

    private static func position(in bytes: [UInt8], slot: Int) -> UInt64? {
        let start = slot * slotLength
        guard bytes.count >= start + 12 else { return nil }
        let sum = bytes.withUnsafeBytes { $0.bigEndian(at: start + 8, as: UInt32.self) }
        guard sum == CRC32.of(Array(bytes[start..<start + 8]), .castagnoli) else { return nil }
        return bytes.withUnsafeBytes { $0.bigEndian(at: start, as: UInt64.self) }
    }
}
