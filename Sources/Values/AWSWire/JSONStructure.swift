/// The members of a structure by name.
///
/// A small one is searched; a large one gets an index, so that a map of many keys does not take the
/// square of its size. Of a name that comes twice the last value counts.
struct JSONMembers {
    private static let searched = 16

    let all: [JSONValue.Member]
    private let document: JSONDocument
    private let index: [String: Int]?

    init(_ members: [JSONValue.Member], _ document: JSONDocument) {
        all = members
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
        if let index { return index[name].map { all[$0].value } }
        return all.last { document.isEqual($0.name, name) }?.value
    }

    var names: [String] {
        index.map { Array($0.keys) } ?? all.compactMap { document.string($0.name) }
    }
}

/// A structure as `Decodable` types ask for it.
///
/// The common leaves are read here rather than through a decoder of their own, and each with one search:
/// most of a large request are structures of two or three such members.
struct JSONStructure<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: JSONMembers
    let document: JSONDocument
    let place: JSONPlace

    var codingPath: [any CodingKey] { place.codingPath }
    var allKeys: [Key] { members.names.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    func decodeNil(forKey key: Key) -> Bool { members[key.stringValue]?.isNull ?? true }

    func decode(_ type: String.Type, forKey key: Key) throws -> String {
        try leaf(key, "a string") { $0.string(in: document) }
    }

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try leafIfPresent(key, "a string") { $0.string(in: document) }
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try leafIfPresent(key, "a whole number") { $0.integer(in: document) }
    }

    func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? {
        try leafIfPresent(key, "a whole number") { $0.integer(in: document) }
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try leafIfPresent(key, "a boolean") { $0.boolean(in: document) }
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(key).decode(as: type)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        guard let value = members[key.stringValue], !value.isNull else { return nil }
        return try decoder(key, value).decode(as: type)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder {
        JSONValueDecoder(value: .object(members.all), document: document, place: place)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(key) }

    private func decoder(_ key: Key) throws -> JSONValueDecoder {
        guard let value = members[key.stringValue] else {
            throw place.inside(.name(key.stringValue)).missing()
        }
        return decoder(key, value)
    }

    private func decoder(_ key: Key, _ value: JSONValue) -> JSONValueDecoder {
        let inside = place.inside(.name(key.stringValue))
        return JSONValueDecoder(value: value, document: document, place: inside)
    }

    private func leaf<Leaf>(
        _ key: Key,
        _ wanted: String,
        _ read: (JSONValue) -> Leaf?
    ) throws -> Leaf {
        guard let value = members[key.stringValue] else {
            throw place.inside(.name(key.stringValue)).missing()
        }
        guard let leaf = read(value) else {
            throw place.inside(.name(key.stringValue)).mismatch(value, wanted)
        }
        return leaf
    }

    private func leafIfPresent<Leaf>(
        _ key: Key,
        _ wanted: String,
        _ read: (JSONValue) -> Leaf?
    ) throws -> Leaf? {
        guard let value = members[key.stringValue], !value.isNull else { return nil }
        guard let leaf = read(value) else {
            throw place.inside(.name(key.stringValue)).mismatch(value, wanted)
        }
        return leaf
    }
}
