import FoundationEssentials

/// Reads any `Decodable` value from a `WireNode`.
///
/// Every leaf is text, and is read as what the type asks for. A leaf that does not read so throws
/// `DecodingError`, which names the member.
struct TreeDecoder: Decoder {
    let node: WireNode
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func value<Value: Decodable>(
        _ type: Value.Type,
        from node: WireNode,
        at codingPath: [any CodingKey] = []
    ) throws -> Value {
        let leaf = Single(node: node, codingPath: codingPath)
        if type == Date.self, let date = try leaf.date() as? Value { return date }
        if type == Data.self, let data = try leaf.data() as? Value { return data }
        return try type.init(from: TreeDecoder(node: node, codingPath: codingPath))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Keyed(fields: node.fields, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer {
        Unkeyed(members: node.members, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer {
        Single(node: node, codingPath: codingPath)
    }
}

extension TreeDecoder {
    struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        private let fields: [WireNode.Child]
        /// Where each name stands, so that a map of many keys does not take the square of its size.
        private let index: [String: Int]
        let codingPath: [any CodingKey]

        init(fields: [WireNode.Child], codingPath: [any CodingKey]) {
            self.fields = fields
            self.codingPath = codingPath
            let names = fields.enumerated().map { ($0.element.name, $0.offset) }
            index = Dictionary(names) { first, _ in first }
        }

        var allKeys: [Key] { index.keys.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { index[key.stringValue] != nil }

        func decodeNil(forKey key: Key) -> Bool { !contains(key) }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try TreeDecoder.value(type, from: node(key), at: codingPath + [key])
        }

        func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type,
            forKey key: Key
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try superDecoder(forKey: key).container(keyedBy: type)
        }

        func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
            try superDecoder(forKey: key).unkeyedContainer()
        }

        func superDecoder() throws -> any Decoder {
            TreeDecoder(node: WireNode(children: fields), codingPath: codingPath)
        }

        func superDecoder(forKey key: Key) throws -> any Decoder {
            TreeDecoder(node: try node(key), codingPath: codingPath + [key])
        }

        private func node(_ key: Key) throws -> WireNode {
            if let offset = index[key.stringValue] { return fields[offset].node }
            throw DecodingError.keyNotFound(
                key,
                DecodingError.Context(
                    codingPath: codingPath,
                    debugDescription: "\(key.stringValue) is missing"
                )
            )
        }
    }

    struct Unkeyed: UnkeyedDecodingContainer {
        let members: [WireNode]
        let codingPath: [any CodingKey]
        private(set) var currentIndex = 0

        init(members: [WireNode], codingPath: [any CodingKey]) {
            self.members = members
            self.codingPath = codingPath
        }

        var count: Int? { members.count }
        var isAtEnd: Bool { currentIndex >= members.count }

        mutating func decodeNil() -> Bool { false }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let value = try TreeDecoder.value(type, from: try next(), at: codingPath)
            return value
        }

        mutating func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try superDecoder().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try superDecoder().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder {
            TreeDecoder(node: try next(), codingPath: codingPath)
        }

        private mutating func next() throws -> WireNode {
            guard !isAtEnd else {
                throw DecodingError.valueNotFound(
                    WireNode.self,
                    DecodingError.Context(
                        codingPath: codingPath,
                        debugDescription: "the list has no more members"
                    )
                )
            }
            defer { currentIndex += 1 }
            return members[currentIndex]
        }
    }

    struct Single: SingleValueDecodingContainer {
        let node: WireNode
        let codingPath: [any CodingKey]

        func decodeNil() -> Bool { false }

        func decode(_ type: Bool.Type) throws -> Bool {
            switch try text("Boolean").lowercased() {
            case "true": true
            case "false": false
            default: throw mismatch("Boolean")
            }
        }

        func decode(_ type: String.Type) throws -> String { try text("String") }
        func decode(_ type: Double.Type) throws -> Double { try number("Double") }
        func decode(_ type: Float.Type) throws -> Float { try number("Float") }
        func decode(_ type: Int.Type) throws -> Int { try number("Integer") }
        func decode(_ type: Int8.Type) throws -> Int8 { try number("Byte") }
        func decode(_ type: Int16.Type) throws -> Int16 { try number("Short") }
        func decode(_ type: Int32.Type) throws -> Int32 { try number("Integer") }
        func decode(_ type: Int64.Type) throws -> Int64 { try number("Long") }
        func decode(_ type: UInt.Type) throws -> UInt { try number("Integer") }
        func decode(_ type: UInt8.Type) throws -> UInt8 { try number("Byte") }
        func decode(_ type: UInt16.Type) throws -> UInt16 { try number("Short") }
        func decode(_ type: UInt32.Type) throws -> UInt32 { try number("Integer") }
        func decode(_ type: UInt64.Type) throws -> UInt64 { try number("Long") }

        func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            try TreeDecoder.value(type, from: node, at: codingPath)
        }

        func date() throws -> Date {
            let text = try text("Timestamp")
            guard let date = WireDate.parse(text) else { throw mismatch("Timestamp") }
            return date
        }

        func data() throws -> Data {
            guard let data = Data(base64Encoded: try text("Blob")) else { throw mismatch("Blob") }
            return data
        }

        private func number<Number: LosslessStringConvertible>(_ kind: String) throws -> Number {
            guard let number = Number(try text(kind)) else { throw mismatch(kind) }
            return number
        }

        private func text(_ kind: String) throws -> String {
            guard node.children.isEmpty else { throw mismatch(kind) }
            return node.text
        }

        private func mismatch(_ kind: String) -> DecodingError {
            DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: codingPath, debugDescription: "not a \(kind)")
            )
        }
    }
}
