/// Where in a document a value stands, from the inside out.
///
/// It is turned into a path only when something is wrong there, and costs one reference on the way.
indirect enum JSONPlace: Sendable {
    enum Step: CodingKey, Sendable {
        case name(String)
        case index(Int)

        var stringValue: String {
            switch self {
            case .name(let name): name
            case .index(let index): String(index)
            }
        }

        var intValue: Int? {
            if case .index(let index) = self { index } else { nil }
        }

        init(stringValue: String) { self = .name(stringValue) }
        init(intValue: Int) { self = .index(intValue) }
    }

    case root
    case inner(Step, of: JSONPlace)

    func inside(_ step: Step) -> JSONPlace { .inner(step, of: self) }

    var codingPath: [any CodingKey] {
        switch self {
        case .root: []
        case .inner(let step, let outer): outer.codingPath + [step]
        }
    }

    func mismatch(_ value: JSONValue, _ wanted: String) -> DecodingError {
        DecodingError.dataCorrupted(
            DecodingError.Context(
                codingPath: codingPath,
                debugDescription: "is \(value.kind) where \(wanted) belongs"
            )
        )
    }

    func missing() -> DecodingError {
        DecodingError.dataCorrupted(
            DecodingError.Context(codingPath: codingPath, debugDescription: "is missing")
        )
    }
}
