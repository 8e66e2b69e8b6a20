import FoundationEssentials

/// Reads any `Decodable` value from a JSON value, with AWS's forms of dates and data.
struct JSONValueDecoder: Decoder {
    let value: JSONValue
    let document: JSONDocument
    let place: JSONPlace
    var codingPath: [any CodingKey] { place.codingPath }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<Value: Decodable>(as type: Value.Type) throws -> Value {
        if type == Date.self, let date = try leaf("a timestamp", value.date(in:)) as? Value {
            return date
        }
        if type == Data.self, let data = try leaf("base64", value.data(in:)) as? Value {
            return data
        }
        return try type.init(from: self)
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw place.mismatch(value, "a structure") }
        return KeyedDecodingContainer(
            JSONStructure(members: JSONMembers(members, document), document: document, place: place)
        )
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let values) = value else { throw place.mismatch(value, "a list") }
        return JSONList(values: values, document: document, place: place)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    private func leaf<Leaf>(_ wanted: String, _ read: (JSONDocument) -> Leaf?) throws -> Leaf {
        guard let leaf = read(document) else { throw place.mismatch(value, wanted) }
        return leaf
    }
}

extension JSONValueDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { value.isNull }
    func decode(_ type: Bool.Type) throws -> Bool { try leaf("a boolean", value.boolean(in:)) }
    func decode(_ type: String.Type) throws -> String { try leaf("a string", value.string(in:)) }
    func decode(_ type: Double.Type) throws -> Double { try leaf("a number", value.double(in:)) }
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
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decode(as: type) }

    private func integer<Number: FixedWidthInteger>() throws -> Number {
        try leaf("a whole number", value.integer(in:))
    }
}

/// The members of a list, one after another.
private struct JSONList: UnkeyedDecodingContainer {
    let values: [JSONValue]
    let document: JSONDocument
    let place: JSONPlace
    private(set) var currentIndex = 0

    init(values: [JSONValue], document: JSONDocument, place: JSONPlace) {
        self.values = values
        self.document = document
        self.place = place
    }

    var codingPath: [any CodingKey] { place.codingPath }
    var count: Int? { values.count }
    var isAtEnd: Bool { currentIndex >= values.count }

    mutating func decodeNil() throws -> Bool {
        guard !isAtEnd, values[currentIndex].isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try next().decode(as: type)
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
        let place = place.inside(.index(currentIndex))
        guard !isAtEnd else { throw place.missing() }
        defer { currentIndex += 1 }
        return JSONValueDecoder(value: values[currentIndex], document: document, place: place)
    }
}
