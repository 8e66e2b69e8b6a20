import FoundationEssentials

/// Reads any `Decodable` value from a JSON value, with AWS's forms of dates and data.
struct JSONValueDecoder: Decoder {
    let value: JSONValue
    let document: JSONDocument
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from value: JSONValue,
        in document: JSONDocument,
        at codingPath: [any CodingKey] = []
    ) throws -> Value {
        let decoder = JSONValueDecoder(value: value, document: document, codingPath: codingPath)
        if type == String.self, let text = try decoder.decode(String.self) as? Value { return text }
        if type == Date.self, let date = try decoder.date() as? Value { return date }
        if type == Data.self, let data = try decoder.data() as? Value { return data }
        return try type.init(from: decoder)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw mismatch("a structure") }
        return KeyedDecodingContainer(
            Keyed(
                members: JSONMembers(members, document),
                document: document,
                codingPath: codingPath
            )
        )
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let values) = value else { throw mismatch("a list") }
        return Unkeyed(values: values, document: document, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    private func date() throws -> Date {
        switch value {
        case .number(let range):
            guard let seconds = document.double(range), let date = WireDate.date(seconds: seconds)
            else { throw mismatch("a timestamp") }
            return date
        default:
            guard let date = WireDate.parse(try decode(String.self)) else {
                throw mismatch("a timestamp")
            }
            return date
        }
    }

    private func data() throws -> Data {
        guard let data = Data(base64Encoded: try decode(String.self)) else {
            throw mismatch("base64")
        }
        return data
    }

    private func mismatch(_ wanted: String) -> DecodingError {
        DecodingError.dataCorrupted(
            DecodingError.Context(
                codingPath: codingPath,
                debugDescription: "is \(value.kind) where \(wanted) belongs"
            )
        )
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool {
        if case .null = value { true } else { false }
    }

    func decode(_ type: Bool.Type) throws -> Bool {
        guard case .boolean(let boolean) = value else { throw mismatch("a boolean") }
        return boolean
    }

    func decode(_ type: String.Type) throws -> String {
        guard case .text(let text) = value else { throw mismatch("a string") }
        guard let string = document.string(text) else {
            throw mismatch("a string without broken escapes")
        }
        return string
    }

    func decode(_ type: Double.Type) throws -> Double {
        guard case .number(let range) = value, let number = document.double(range) else {
            throw mismatch("a number")
        }
        return number
    }

    func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
    func decode(_ type: Int.Type) throws -> Int { try integer() }
    func decode(_ type: Int8.Type) throws -> Int8 { try integer() }
    func decode(_ type: Int16.Type) throws -> Int16 { try integer() }
    func decode(_ type: Int32.Type) throws -> Int32 { try integer() }
    func decode(_ type: Int64.Type) throws -> Int64 { try integer() }
    func decode(_ type: UInt.Type) throws -> UInt { try integer() }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try integer() }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try integer() }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try integer() }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try integer() }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try Self.decode(type, from: value, in: document, at: codingPath)
    }

    private func integer<Number: FixedWidthInteger>() throws -> Number {
        guard case .number(let range) = value, let number: Number = document.integer(range) else {
            throw mismatch("a whole number")
        }
        return number
    }
}

/// The members of a structure by name.
///
/// A small one is searched; a large one gets an index, so that a map of many keys does not take the
/// square of its size. Of a name that comes twice the last value counts.
private struct JSONMembers {
    private static let searched = 16

    let members: [JSONValue.Member]
    private let document: JSONDocument
    private let index: [String: Int]?

    init(_ members: [JSONValue.Member], _ document: JSONDocument) {
        self.members = members
        self.document = document
        guard members.count > Self.searched else {
            index = nil
            return
        }
        let names = members.enumerated().compactMap { offset, member in
            document.string(member.name).map { ($0, offset) }
        }
        index = Dictionary(names) { _, last in last }
    }

    subscript(_ name: String) -> JSONValue? {
        if let index { return index[name].map { members[$0].value } }
        return members.last { document.isEqual($0.name, name) }?.value
    }

    var names: [String] {
        index.map { Array($0.keys) } ?? members.compactMap { document.string($0.name) }
    }
}

extension JSONValueDecoder {
    private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
        let members: JSONMembers
        let document: JSONDocument
        let codingPath: [any CodingKey]

        var allKeys: [Key] { members.names.compactMap { Key(stringValue: $0) } }

        func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

        func decodeNil(forKey key: Key) -> Bool {
            switch members[key.stringValue] {
            case .null?, nil: true
            default: false
            }
        }

        func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
            try JSONValueDecoder.decode(
                type,
                from: try value(key),
                in: document,
                at: codingPath + [key]
            )
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

        func superDecoder() -> any Decoder {
            JSONValueDecoder(
                value: .object(members.members),
                document: document,
                codingPath: codingPath
            )
        }

        func superDecoder(forKey key: Key) throws -> any Decoder {
            JSONValueDecoder(
                value: try value(key),
                document: document,
                codingPath: codingPath + [key]
            )
        }

        private func value(_ key: Key) throws -> JSONValue {
            if let value = members[key.stringValue] { return value }
            throw DecodingError.keyNotFound(
                key,
                DecodingError.Context(
                    codingPath: codingPath + [key],
                    debugDescription: "is missing"
                )
            )
        }
    }

    private struct Unkeyed: UnkeyedDecodingContainer {
        private struct Index: CodingKey {
            let intValue: Int?
            var stringValue: String { String(intValue ?? 0) }

            init(_ index: Int) { intValue = index }
            init?(intValue: Int) { self.intValue = intValue }
            init?(stringValue: String) { return nil }
        }

        let values: [JSONValue]
        let document: JSONDocument
        let codingPath: [any CodingKey]
        private(set) var currentIndex = 0

        init(values: [JSONValue], document: JSONDocument, codingPath: [any CodingKey]) {
            self.values = values
            self.document = document
            self.codingPath = codingPath
        }

        var count: Int? { values.count }
        var isAtEnd: Bool { currentIndex >= values.count }

        mutating func decodeNil() throws -> Bool {
            guard case .null? = values.dropFirst(currentIndex).first else { return false }
            currentIndex += 1
            return true
        }

        mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
            let decoder = try next()
            return try JSONValueDecoder.decode(
                type,
                from: decoder.value,
                in: document,
                at: decoder.codingPath
            )
        }

        mutating func nestedContainer<NestedKey: CodingKey>(
            keyedBy type: NestedKey.Type
        ) throws -> KeyedDecodingContainer<NestedKey> {
            try next().container(keyedBy: type)
        }

        mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
            try next().unkeyedContainer()
        }

        mutating func superDecoder() throws -> any Decoder { try next() }

        private mutating func next() throws -> JSONValueDecoder {
            let path = codingPath + [Index(currentIndex)]
            guard !isAtEnd else {
                throw DecodingError.valueNotFound(
                    JSONValue.self,
                    DecodingError.Context(codingPath: path, debugDescription: "is missing")
                )
            }
            defer { currentIndex += 1 }
            return JSONValueDecoder(
                value: values[currentIndex],
                document: document,
                codingPath: path
            )
        }
    }
}
