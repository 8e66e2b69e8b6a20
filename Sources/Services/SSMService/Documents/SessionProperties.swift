import SessionWire
import Vocabulary

/// The `properties` of a Session document: what its sessions run or forward.
enum SessionProperties {
    /// Checks the names and kinds of the members; values that refer to parameters come later.
    static func check(
        _ properties: [String: JSONValue]?,
        of type: SessionType
    ) throws(DocumentProblem) {
        switch type {
        case .port: try checkPort(properties)
        case .interactiveCommands, .nonInteractiveCommands:
            guard let properties, !properties.isEmpty else {
                throw .content("A \(type.rawValue) document must have properties.")
            }
            try checkCommands(properties)
        case .standardStream:
            if let properties { try checkCommands(properties) }
        }
    }

    private static func checkPort(
        _ properties: [String: JSONValue]?
    ) throws(DocumentProblem) {
        let reader = DocumentReader(properties ?? [:], in: "properties")
        try reader.allowOnly([
            "portNumber", "host", "type", "localPortNumber", "localUnixSocket",
            "localConnectionType",
        ])
        for name in reader.names { _ = try reader.string(name) }
        guard reader["portNumber"] != nil else {
            throw .content("The properties of a Port document must have a portNumber.")
        }
    }

    private static func checkCommands(
        _ properties: [String: JSONValue]
    ) throws(DocumentProblem) {
        let platforms = DocumentReader(properties, in: "properties")
        try platforms.allowOnly(["linux", "windows", "macos", "macOS"])
        for platform in platforms.names {
            guard let members = try platforms.object(platform) else { continue }
            let reader = DocumentReader(
                members.filter { !ParameterReferences.isReference($0.value) },
                in: "properties of \(platform)"
            )
            try DocumentReader(members, in: "properties of \(platform)").allowOnly([
                "commands", "runAsElevated", "separateOutputStream", "stdOutSeparatorPrefix",
                "stdErrSeparatorPrefix",
            ])
            for name in ["commands", "stdOutSeparatorPrefix", "stdErrSeparatorPrefix"] {
                _ = try reader.string(name)
            }
            _ = try reader.bool("runAsElevated", lenient: false)
            _ = try reader.bool("separateOutputStream", lenient: true)
        }
    }
}
