import SessionWire

/// The `properties` of a Session document: what its sessions run or forward.
struct SessionProperties {
    private(set) var command: String?
    private(set) var runsElevated = false

    init(
        _ properties: [String: JSONValue]?,
        of type: SessionType,
        _ reading: DocumentReading
    ) throws(DocumentProblem) {
        switch (type, reading) {
        case (.port, .onNode), (.standardStream, .onNode): break
        case (.port, _):
            try Self.checkPort(properties ?? [:], reading)
        case (.standardStream, _):
            if let properties { try readCommands(properties, reading) }
            // A shell runs no command; what a document has for others is checked and left alone.
            (command, runsElevated) = (nil, false)
        case (.interactiveCommands, .onNode), (.nonInteractiveCommands, .onNode):
            try readLinux(properties ?? [:])
        case (.interactiveCommands, _), (.nonInteractiveCommands, _):
            guard let properties, !properties.isEmpty else {
                throw .content("A \(type.rawValue) document must have properties.")
            }
            try readCommands(properties, reading)
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

    private mutating func readCommands(
        _ properties: [String: JSONValue],
        _ reading: DocumentReading
    ) throws(DocumentProblem) {
        var platforms = DocumentReader(properties, in: "properties", reading)
        for platform in ["windows", "macos", "macOS", "linux"] {
            guard let members = try platforms.object(platform) else { continue }
            // The last one is what counts here: our agent runs on Linux.
            try readPlatform(members, "properties of \(platform)", reading)
        }
        if !platforms.has("linux") { (command, runsElevated) = (nil, false) }
        try platforms.refuseOthers()
    }

    /// What the node runs: the member for Linux, or where there is none the properties themselves.
    private mutating func readLinux(
        _ properties: [String: JSONValue]
    ) throws(DocumentProblem) {
        var reader = DocumentReader(properties, in: "properties", .onNode)
        try readPlatform(reader.object("linux") ?? properties, "properties of linux", .onNode)
    }

    private mutating func readPlatform(
        _ members: [String: JSONValue],
        _ place: String,
        _ reading: DocumentReading
    ) throws(DocumentProblem) {
        var reader = DocumentReader(members, in: place, reading)
        command = try reader.string("commands")
        runsElevated = try reader.bool("runAsElevated", asWord: false) ?? false
        if reading != .onNode {
            _ = try reader.bool("separateOutputStream", asWord: true)
            _ = try reader.string("stdOutSeparatorPrefix")
            _ = try reader.string("stdErrSeparatorPrefix")
        }
        try reader.refuseOthers()
    }
}
