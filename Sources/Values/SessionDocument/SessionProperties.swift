import SessionWire

/// The `properties` of a Session document: what its sessions run or forward.
struct SessionProperties {
    /// What to run on Linux, where our agent runs; nil for a shell.
    private(set) var command: String?
    private(set) var runsElevated = false

    private init() {}

    init(
        _ properties: [String: JSONValue]?,
        of type: SessionType,
        _ reading: DocumentReading
    ) throws(DocumentProblem) {
        switch type {
        case .port:
            // What is forwarded is between the client and stock agents.
            if reading != .onNode { try Self.checkPort(properties ?? [:], reading) }
        case .standardStream:
            // A shell runs none of it.
            if reading != .onNode, let properties { _ = try Self.commands(properties, reading) }
        case .interactiveCommands, .nonInteractiveCommands:
            if reading == .onNode {
                self = try Self.commandsOnNode(properties ?? [:])
            } else {
                guard let properties, !properties.isEmpty else {
                    throw .content("A \(type.rawValue) document must have properties.")
                }
                self = try Self.commands(properties, reading)
            }
        }
    }

    private static func checkPort(
        _ properties: [String: JSONValue],
        _ reading: DocumentReading
    ) throws(DocumentProblem) {
        var reader = DocumentReader(properties, in: "properties", reading)
        for name in [
            "portNumber", "host", "type", "localPortNumber", "localUnixSocket",
            "localConnectionType",
        ] {
            _ = try reader.string(name)
        }
        try reader.refuseOthers()
        guard reader.has("portNumber") else {
            throw .content("The properties of a Port document must have a portNumber.")
        }
    }

    private static func commands(
        _ properties: [String: JSONValue],
        _ reading: DocumentReading
    ) throws(DocumentProblem) -> SessionProperties {
        var result = SessionProperties()
        var reader = DocumentReader(properties, in: "properties", reading)
        for platform in ["linux", "windows", "macos", "macOS"] {
            guard let members = try reader.object(platform) else { continue }
            let read = try Self.platform(members, "properties of \(platform)", reading)
            if platform == "linux" { result = read }
        }
        try reader.refuseOthers()
        return result
    }

    /// The member for Linux; where there is none, the properties themselves.
    private static func commandsOnNode(
        _ properties: [String: JSONValue]
    ) throws(DocumentProblem) -> SessionProperties {
        var reader = DocumentReader(properties, in: "properties", .onNode)
        let members = try reader.object("linux") ?? properties
        return try platform(members, "properties of linux", .onNode)
    }

    private static func platform(
        _ members: [String: JSONValue],
        _ place: String,
        _ reading: DocumentReading
    ) throws(DocumentProblem) -> SessionProperties {
        var reader = DocumentReader(members, in: place, reading)
        var result = SessionProperties()
        result.command = try reader.string("commands")
        result.runsElevated = try reader.bool("runAsElevated", asWord: false) ?? false
        if reading != .onNode {
            _ = try reader.bool("separateOutputStream", asWord: true)
            _ = try reader.string("stdOutSeparatorPrefix")
            _ = try reader.string("stdErrSeparatorPrefix")
        }
        try reader.refuseOthers()
        return result
    }
}
