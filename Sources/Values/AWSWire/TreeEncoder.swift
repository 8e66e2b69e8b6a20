import FoundationEssentials

/// Turns any `Encodable` value into a `WireTree`.
///
/// Dates become ISO 8601 in UTC to the second, data base64, dictionaries with text keys maps, and what is
/// nil is left out.
struct TreeEncoder: Encoder {
    /// Where one value is put together while its parts are encoded.
    final class Slot {
        enum Content {
            case nothing
            case text(String)
            case structure([(name: String, slot: Slot)])
            case list([Slot])
        }

        var content = Content.nothing
        var isMap = false

        var tree: WireTree? {
            switch content {
            case .nothing: nil
            case .text(let text): .text(text)
            case .list(let slots): .list(slots.compactMap(\.tree))
            case .structure(let slots):
                isMap ? .map(members(of: slots)) : .structure(members(of: slots))
            }
        }

        private func members(of slots: [(name: String, slot: Slot)]) -> [WireTree.Member] {
            slots.compactMap { name, slot in
                slot.tree.map { WireTree.Member(name: name, value: $0) }
            }
        }

        func child(_ name: String) -> Slot {
            let slot = Slot()
            if case .structure(var slots) = content {
                slots.append((name, slot))
                content = .structure(slots)
            } else {
                content = .structure([(name, slot)])
            }
            return slot
        }

        func element() -> Slot {
            let slot = Slot()
            if case .list(var slots) = content {
                slots.append(slot)
                content = .list(slots)
            } else {
                content = .list([slot])
            }
            return slot
        }
    }

    let slot: Slot
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The tree of a value; an empty structure for a value that encodes nothing.
    static func tree(of value: some Encodable) throws -> WireTree {
        let slot = Slot()
        try put(value, in: slot, at: [])
        return slot.tree ?? .structure([])
    }

    static func put(
        _ value: some Encodable,
        in slot: Slot,
        at codingPath: [any CodingKey]
    ) throws {
        switch value {
        case let date as Date:
            slot.content = .text(date.formatted(Date.ISO8601FormatStyle()))
        case let data as Data:
            slot.content = .text(data.base64EncodedString())
        default:
            slot.isMap = value is any TextKeyedMap
            try value.encode(to: TreeEncoder(slot: slot, codingPath: codingPath))
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        if case .nothing = slot.content { slot.content = .structure([]) }
        return KeyedEncodingContainer(Keyed(slot: slot, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        if case .nothing = slot.content { slot.content = .list([]) }
        return Unkeyed(slot: slot, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        Single(slot: slot, codingPath: codingPath)
    }
}

/// Marks the dictionaries that are written as maps rather than as structures.
private protocol TextKeyedMap {}
extension Dictionary: TextKeyedMap where Key == String {}

extension TreeEncoder {
    struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
        let slot: Slot
        let codingPath: [any CodingKey]

        func encodeNil(forKey key: Key) {}

        func encode(_ value: some Encodable, forKey key: Key) throws {
            try put(value, in: slot.child(key.stringValue), at: codingPath + [key])
        }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy keyType: NestedKey.Type,
            forKey key: Key
        ) -> KeyedEncodingContainer<NestedKey> {
            superEncoder(forKey: key).container(keyedBy: keyType)
        }

        func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
            superEncoder(forKey: key).unkeyedContainer()
        }

        func superEncoder() -> any Encoder { TreeEncoder(slot: slot, codingPath: codingPath) }

        func superEncoder(forKey key: Key) -> any Encoder {
            TreeEncoder(slot: slot.child(key.stringValue), codingPath: codingPath + [key])
        }
    }

    struct Unkeyed: UnkeyedEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey]
        var count: Int {
            if case .list(let slots) = slot.content { slots.count } else { 0 }
        }

        func encodeNil() {}

        func encode(_ value: some Encodable) throws {
            try put(value, in: slot.element(), at: codingPath)
        }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy keyType: NestedKey.Type
        ) -> KeyedEncodingContainer<NestedKey> {
            superEncoder().container(keyedBy: keyType)
        }

        func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
            superEncoder().unkeyedContainer()
        }

        func superEncoder() -> any Encoder {
            TreeEncoder(slot: slot.element(), codingPath: codingPath)
        }
    }

    struct Single: SingleValueEncodingContainer {
        let slot: Slot
        let codingPath: [any CodingKey]

        func encodeNil() {}
        func encode(_ value: Bool) { slot.content = .text(value ? "true" : "false") }
        func encode(_ value: String) { slot.content = .text(value) }
        func encode(_ value: Double) { slot.content = .text(Self.text(of: value)) }
        func encode(_ value: Float) { slot.content = .text(Self.text(of: Double(value))) }
        func encode(_ value: Int) { slot.content = .text(String(value)) }
        func encode(_ value: Int8) { slot.content = .text(String(value)) }
        func encode(_ value: Int16) { slot.content = .text(String(value)) }
        func encode(_ value: Int32) { slot.content = .text(String(value)) }
        func encode(_ value: Int64) { slot.content = .text(String(value)) }
        func encode(_ value: UInt) { slot.content = .text(String(value)) }
        func encode(_ value: UInt8) { slot.content = .text(String(value)) }
        func encode(_ value: UInt16) { slot.content = .text(String(value)) }
        func encode(_ value: UInt32) { slot.content = .text(String(value)) }
        func encode(_ value: UInt64) { slot.content = .text(String(value)) }

        func encode(_ value: some Encodable) throws {
            try put(value, in: slot, at: codingPath)
        }

        /// Whole numbers without the fraction that Swift writes.
        private static func text(of value: Double) -> String {
            let text = String(value)
            return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
        }
    }
}
