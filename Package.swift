// swift-tools-version: 6.2
import PackageDescription

/// One array for every Swift target, so that no target is compiled by other rules than its neighbour.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

/// The programs carry the Swift runtime with them in release builds, without symbols; debug builds link faster
/// without the one and keep the other.
///
/// Modules are compiled against the shared Foundation; what the static one is made of must be named beside it.
let programLinkerSettings: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims",
            "-l_FoundationCollections", "-Xlinker", "-s",
        ],
        .when(configuration: .release)
    )
]

/// The layers of ARCHITECTURE.md; each is a folder under `Sources/`.
enum Layer: String {
    case native = "Native"
    case values = "Values"
    case engines = "Engines"
    case system = "System"
    case transport = "Transport"
    case storage = "Storage"
    case services = "Services"
    case frontends = "Frontends"
    case node = "Node"
    case programs = "Programs"
    case testSupport = "TestSupport"
}

func library(_ name: String, _ layer: Layer, _ dependencies: [Target.Dependency]) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: "Sources/\(layer.rawValue)/\(name)",
        swiftSettings: settings
    )
}

func native(_ name: String) -> Target {
    .target(name: name, path: "Sources/Native/\(name)")
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name,
        dependencies: dependencies,
        path: "Sources/Programs/\(name)",
        swiftSettings: settings,
        linkerSettings: programLinkerSettings
    )
}

/// `excluded` are files beside the tests that the tests read where they lie.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    excluding excluded: [String] = []
) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name)] + dependencies,
        path: "Tests/\(name)Tests",
        exclude: excluded,
        swiftSettings: settings
    )
}

/// Products of other packages, named once.
func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

let argumentParser = product("ArgumentParser", "swift-argument-parser")
let asyncHTTPClient = product("AsyncHTTPClient", "async-http-client")
let configuration = product("Configuration", "swift-configuration")
let crypto = product("Crypto", "swift-crypto")
let cryptoExtras = product("CryptoExtras", "swift-crypto")
let grdb = product("GRDB", "GRDB.swift")
let httpTypes = product("HTTPTypes", "swift-http-types")
let hummingbirdCore = product("HummingbirdCore", "hummingbird")
let hummingbirdTLS = product("HummingbirdTLS", "hummingbird")
let lifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
let logging = product("Logging", "swift-log")
let nioCore = product("NIOCore", "swift-nio")
let nioEmbedded = product("NIOEmbedded", "swift-nio")
let nioHTTP1 = product("NIOHTTP1", "swift-nio")
let nioPosix = product("NIOPosix", "swift-nio")
let nioSSL = product("NIOSSL", "swift-nio-ssl")
let nioWebSocket = product("NIOWebSocket", "swift-nio")
let swiftASN1 = product("SwiftASN1", "swift-asn1")
let unixSignals = product("UnixSignals", "swift-service-lifecycle")
let x509 = product("X509", "swift-certificates")

/// What most targets stand on, and what every service does.
let basics: [Target.Dependency] = ["Encoding", "Vocabulary", "Sealing"]
let service: [Target.Dependency] = basics + ["Storage", "ServiceKit", crypto, logging]

let package = Package(
    name: "sekisho",
    products: [
        .executable(name: "sekisho", targets: ["sekisho"]),
        .executable(name: "sekisho-agent", targets: ["sekisho-agent"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1.git", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates.git", exact: "1.21.1"),
        // Without its JSON reader: through AsyncHTTPClient the agent would get 44 MB of Foundation.
        .package(
            url: "https://github.com/apple/swift-configuration.git",
            exact: "1.4.0",
            traits: []
        ),
        .package(url: "https://github.com/apple/swift-crypto.git", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types.git", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift.git", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", exact: "2.28.1"),
        .package(url: "https://github.com/swift-server/async-http-client.git", exact: "1.37.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle.git",
            exact: "2.13.0"
        ),
    ],
    targets: [
        // Native: one C target a library, each imported by exactly one Swift target.
        native("CPseudoTerminal"),

        // Values: bytes and rules, no clock, disk or socket.
        library("Encoding", .values, []),
        library("Vocabulary", .values, ["Encoding"]),
        library("Sealing", .values, ["Vocabulary", crypto, cryptoExtras]),
        library("SigV4", .values, basics + [crypto, cryptoExtras, httpTypes]),
        library("AWSWire", .values, ["Encoding", "Vocabulary"]),
        library("SessionWire", .values, ["Encoding", "Vocabulary", "Sealing", crypto]),
        library("Expressions", .values, []),
        library("SessionDocument", .values, ["Vocabulary", "SessionWire", "Expressions"]),

        // Engines: decisions.
        library("PolicyEngine", .engines, ["Encoding", "Vocabulary"]),
        library("LogEngine", .engines, basics + ["Expressions", crypto]),

        // System: what the machine offers.
        library("Files", .system, []),
        library("Waiting", .system, []),
        library("PseudoTerminal", .system, ["CPseudoTerminal", "Vocabulary", "Waiting"]),

        // Transport: how a program reaches another one.
        library(
            "WebSocketTransport",
            .transport,
            ["Vocabulary", logging, nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket]
        ),
        library(
            "AWSClient",
            .transport,
            [
                "Vocabulary", "SigV4", "AWSWire", asyncHTTPClient, logging, nioCore, nioHTTP1,
                nioPosix, nioSSL,
            ]
        ),

        // Storage: three seams and what stands behind them.
        library("Storage", .storage, ["Files", "Vocabulary", "Sealing"]),
        library("RootKeys", .storage, basics + ["Files", "Storage", crypto]),
        library("SQLiteStorage", .storage, basics + ["Files", "Storage", grdb, logging]),

        // Services: siblings, which meet through the ports in ServiceKit.
        library("ServiceKit", .services, basics + ["Storage", "PolicyEngine", crypto, logging]),
        library("IAMService", .services, service + ["PolicyEngine"]),
        library("KMSService", .services, service + ["PolicyEngine"]),
        library("LogsService", .services, service + ["LogEngine"]),
        library(
            "SSMService",
            .services,
            service + ["SessionWire", "SessionDocument", cryptoExtras]
        ),

        // Frontends: the doors.
        library(
            "Certificates",
            .frontends,
            [
                "Files", "Vocabulary", "Sealing", lifecycle, logging, nioCore, nioSSL, swiftASN1,
                x509, crypto,
            ]
        ),
        library(
            "APIFrontend",
            .frontends,
            [
                "Encoding", "Vocabulary", "SigV4", "AWSWire", "SessionWire", "ServiceKit",
                "WebSocketTransport", "Certificates", hummingbirdCore, hummingbirdTLS, lifecycle,
                logging, nioCore, nioHTTP1, nioPosix, nioSSL, nioWebSocket,
            ]
        ),
        library(
            "Gateway",
            .frontends,
            [
                "Vocabulary", "Sealing", "SessionWire", "ServiceKit", "WebSocketTransport",
                lifecycle, logging, nioCore,
            ]
        ),

        // Node: the machine that is logged in to, and the person's side of the same wire.
        library(
            "AgentCore",
            .node,
            [
                "Files", "Waiting", "Vocabulary", "Sealing", "SigV4", "AWSWire", "SessionWire",
                "SessionDocument",
                "AWSClient", "WebSocketTransport", "PseudoTerminal", crypto, cryptoExtras,
                lifecycle, logging, nioCore,
            ]
        ),
        library(
            "ClientCore",
            .node,
            [
                "Encoding", "Waiting", "Vocabulary", "Sealing", "SigV4", "AWSWire", "SessionWire",
                "AWSClient",
                "WebSocketTransport", "PseudoTerminal", crypto, logging, nioCore,
            ]
        ),

        // Programs: arguments, configuration, wiring.
        program(
            "sekisho",
            [
                "Files", "Vocabulary", "Sealing", "Storage", "RootKeys", "SQLiteStorage",
                "ServiceKit", "IAMService", "KMSService", "LogsService", "SSMService",
                "APIFrontend", "Certificates", "Gateway", "ClientCore", "AWSClient",
                "PseudoTerminal", "SigV4", argumentParser, configuration, lifecycle, logging,
                unixSignals,
            ]
        ),
        program(
            "sekisho-agent",
            [
                "Vocabulary", "AgentCore", "PseudoTerminal", argumentParser, lifecycle, logging,
                unixSignals,
            ]
        ),
        program(
            "sekisho-bench",
            [
                "Vocabulary", "Sealing", "SigV4", "AWSWire", "PolicyEngine", "Storage",
                "SQLiteStorage", "SessionWire", "LogsService", "AWSClient", "AgentCore",
                "PseudoTerminal", argumentParser, logging,
            ]
        ),

        // Test support: used by tests only.
        library("StorageConformance", .testSupport, ["Files", "Vocabulary", "Storage"]),
        library("Simulation", .testSupport, ["Vocabulary", "Storage"]),
        library(
            "ServiceTestKit",
            .testSupport,
            [
                "Vocabulary", "Sealing", "Storage", "PolicyEngine", "ServiceKit", "AWSWire",
                "Simulation",
            ]
        ),

        // Tests mirror the targets.
        tests("Encoding", []),
        tests("Files", ["StorageConformance"]),
        tests("Waiting", []),
        tests("Vocabulary", ["Simulation"]),
        tests("Sealing", ["Vocabulary", "Simulation"]),
        tests("SigV4", ["Vocabulary", "Sealing", httpTypes, cryptoExtras, crypto]),
        tests("AWSWire", ["Vocabulary"]),
        tests("SessionWire", ["Vocabulary", "Sealing", "Simulation", crypto]),
        tests("Expressions", ["Simulation"]),
        tests("SessionDocument", ["Vocabulary", "SessionWire", "Expressions", "Simulation"]),
        tests("PolicyEngine", ["Vocabulary", "Simulation"]),
        tests("LogEngine", ["Vocabulary", "Sealing", "Simulation", crypto]),
        tests(
            "WebSocketTransport",
            [
                "Vocabulary", crypto, logging, nioCore, nioPosix, nioEmbedded, nioHTTP1, nioSSL,
                nioWebSocket, x509, swiftASN1,
            ]
        ),
        tests(
            "AWSClient",
            ["Vocabulary", "Sealing", "SigV4", logging, nioCore, nioHTTP1, nioPosix, nioSSL]
        ),
        tests("Storage", ["Files", "Vocabulary", "Sealing", "StorageConformance", "Simulation"]),
        tests(
            "RootKeys",
            [
                "Encoding", "Files", "Vocabulary", "Sealing", "Storage", "StorageConformance",
                "Simulation",
            ]
        ),
        tests(
            "SQLiteStorage",
            [
                "Encoding", "Files", "Vocabulary", "Storage", "StorageConformance", "Simulation",
                grdb, logging,
            ]
        ),
        tests(
            "ServiceKit",
            ["Vocabulary", "Sealing", "Storage", "PolicyEngine", "Simulation", "ServiceTestKit"]
        ),
        tests(
            "IAMService",
            [
                "Vocabulary", "Sealing", "Storage", "PolicyEngine", "ServiceKit", "AWSWire",
                "Simulation", "ServiceTestKit",
            ],
            excluding: ["authorization.txt"]
        ),
        tests(
            "KMSService",
            [
                "Vocabulary", "Sealing", "Storage", "PolicyEngine", "ServiceKit", "AWSWire",
                "Simulation", "ServiceTestKit", "IAMService", crypto, logging,
            ]
        ),
        tests(
            "LogsService",
            [
                "Files", "Vocabulary", "Sealing", "Storage", "LogEngine", "ServiceKit", "AWSWire",
                "Simulation", "ServiceTestKit", "SQLiteStorage", "StorageConformance", crypto,
                logging,
            ]
        ),
        tests(
            "SSMService",
            [
                "Vocabulary", "Sealing", "Storage", "SessionWire", "SessionDocument", "ServiceKit",
                "AWSWire", "Simulation", "ServiceTestKit", "IAMService", crypto, cryptoExtras,
                logging,
            ]
        ),
        tests("Certificates", ["Vocabulary", "Sealing", "Simulation", nioSSL, crypto]),
        tests(
            "APIFrontend",
            [
                "Vocabulary", "Sealing", "SigV4", "AWSWire", "Storage", "ServiceKit",
                "Simulation", "ServiceTestKit", "Certificates", "WebSocketTransport", nioCore,
                nioEmbedded, nioHTTP1, nioPosix, nioSSL, crypto, cryptoExtras, logging, lifecycle,
            ]
        ),
        tests(
            "Gateway",
            [
                "Vocabulary", "Sealing", "SessionWire", "ServiceKit", "WebSocketTransport",
                "Simulation", "ServiceTestKit", nioCore, logging,
            ]
        ),
        tests("PseudoTerminal", ["Vocabulary"]),
        tests(
            "AgentCore",
            [
                "Waiting", "Vocabulary", "Sealing", "SigV4", "AWSWire", "SessionWire",
                "SessionDocument", "AWSClient", "WebSocketTransport", "PseudoTerminal",
                "Simulation", crypto, cryptoExtras, logging, nioCore, nioHTTP1, nioPosix, lifecycle,
            ]
        ),
        tests(
            "ClientCore",
            [
                "Vocabulary", "Sealing", "SigV4", "AWSWire", "SessionWire", "AWSClient",
                "WebSocketTransport", "PseudoTerminal", "Simulation", crypto, logging, nioCore,
            ]
        ),
        tests(
            "sekisho",
            ["Vocabulary", "APIFrontend", "AWSClient", "RootKeys", argumentParser, logging]
        ),
        .testTarget(
            name: "ArchitectureTests",
            path: "Tests/ArchitectureTests",
            exclude: ["arrows.txt"],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6],
    cLanguageStandard: .gnu11
)
