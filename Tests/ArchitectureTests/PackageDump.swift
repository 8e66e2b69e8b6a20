import Foundation

/// What `swift package dump-package` says of the targets, as far as the arrows need it.
struct PackageDump: Decodable {
    struct Target: Decodable {
        let name: String
        let type: String
        let path: String?
        let dependencies: [Dependency]

        /// `Services` for `Sources/Services/KMSService`.
        var layer: String? {
            let parts = (path ?? "").split(separator: "/")
            return parts.first == "Sources" && parts.count == 3 ? String(parts[1]) : nil
        }
    }

    struct Dependency: Decodable {
        /// The first element names the target or product, the second one a product's package.
        let byName: [String?]?
        let product: [ProductPart?]?

        var targetName: String? { byName?.first ?? nil }
        var productName: String? {
            guard case .name(let name)?? = product?.first else { return nil }
            return name
        }
    }

    /// A product is written as a list of names, with an object among them when it has conditions.
    enum ProductPart: Decodable {
        case name(String)
        case other

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            self = (try? container.decode(String.self)).map(Self.name) ?? .other
        }
    }

    let targets: [Target]

    /// The folder that holds Package.swift.
    static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }

    /// Asks the package manager, with a scratch folder of its own, since a test run holds the usual one.
    static func load() throws -> PackageDump {
        let scratch = FileManager.default.temporaryDirectory.appending(
            path: "dump-\(UUID().uuidString)"
        )
        defer { try? FileManager.default.removeItem(at: scratch) }
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "swift", "package", "--package-path", root.path, "--scratch-path", scratch.path,
            "dump-package",
        ]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let json = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode(PackageDump.self, from: json)
    }
}
