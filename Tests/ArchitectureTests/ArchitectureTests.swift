// ArchitectureTests: what ARCHITECTURE.md says of the house, held against the house.

import Foundation
import Testing

@Suite("The house")
struct ArchitectureTests {
    private let package: PackageDump
    private let rules: [String: LayerRule]

    init() throws {
        package = try PackageDump.load()
        rules = try Arrows.load()
    }

    private var sources: [PackageDump.Target] { package.targets.filter { $0.type != "test" } }

    private func files(of target: PackageDump.Target) throws -> [(name: String, text: String)] {
        let folder = PackageDump.root.appending(path: target.path ?? "")
        let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap {
            $0 as? String
        }
        return try (names ?? []).filter { $0.hasSuffix(".swift") }.sorted().map { name in
            (name, try String(contentsOf: folder.appending(path: name), encoding: .utf8))
        }
    }

    private func imports(in text: String) -> Set<String> {
        var modules: Set<String> = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({
                    ["package", "public", "internal", "private", "@testable", "@preconcurrency"]
                        .contains($0)
                })
            else { continue }
            // `import struct Foundation.Date` names the module before the dot, after the kind.
            let kinds = ["struct", "class", "enum", "protocol", "func", "typealias", "var", "let"]
            let rest = words[(index + 1)...].drop(while: kinds.contains)
            if let module = rest.first?.split(separator: ".").first {
                modules.insert(String(module))
            }
        }
        return modules
    }

    @Test func `every source target lies in a layer that arrows.txt names`() {
        #expect(sources.count > 20)
        for target in sources {
            #expect(target.layer.flatMap { rules[$0] } != nil, "\(target.name)")
        }
    }

    @Test func `a target depends only on what its layer may use`() {
        let byName = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
        for target in sources {
            guard let rule = target.layer.flatMap({ rules[$0] }) else { continue }
            for dependency in target.dependencies {
                if let name = dependency.targetName, let used = byName[name] {
                    #expect(rule.allows(target: used), "\(target.name) may not import \(name)")
                }
                if let name = dependency.productName {
                    #expect(
                        rule.products.contains(name),
                        "\(target.name) may not import \(name)"
                    )
                }
            }
        }
    }

    @Test func `a file imports only what its target declares`() throws {
        let ofTheToolchain: Set = [
            "Swift", "FoundationEssentials", "Foundation", "Synchronization", "Glibc", "Musl",
            "Darwin", "Dispatch", "_Concurrency",
        ]
        for target in sources {
            let declared = Set(
                target.dependencies.compactMap { $0.targetName ?? $0.productName }
            )
            for file in try files(of: target) {
                let undeclared = imports(in: file.text).subtracting(declared)
                    .subtracting(ofTheToolchain)
                #expect(undeclared.isEmpty, "\(target.name)/\(file.name): \(undeclared.sorted())")
            }
        }
    }

    /// One Foundation-only type makes the agent 44 MB larger.
    @Test func `what the agent links never imports the whole of Foundation`() throws {
        let byName = Dictionary(uniqueKeysWithValues: package.targets.map { ($0.name, $0) })
        var reached: Set<String> = []
        var open = ["sekisho-agent"]
        while let name = open.popLast() {
            guard reached.insert(name).inserted, let target = byName[name] else { continue }
            open += target.dependencies.compactMap(\.targetName)
        }
        #expect(reached.contains("AgentCore"))
        for target in sources where reached.contains(target.name) {
            for file in try files(of: target) {
                #expect(
                    !imports(in: file.text).contains("Foundation"),
                    "\(target.name)/\(file.name)"
                )
            }
        }
    }

    @Test func `a native library is imported by exactly one Swift target`() {
        for native in sources where native.layer == "Native" {
            let users = sources.filter { $0.dependencies.contains { $0.targetName == native.name } }
            #expect(users.count == 1, "\(native.name) is used by \(users.map(\.name))")
        }
    }

    @Test func `no file holds a second idea: none is longer than 400 lines`() throws {
        for target in package.targets {
            for file in try files(of: target) {
                let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).count
                #expect(lines <= 401, "\(target.name)/\(file.name) has \(lines) lines")
            }
        }
    }

    @Test func `each library says in one file what it is for`() throws {
        for target in sources where target.layer != "Native" && target.layer != "Programs" {
            let charters = try files(of: target).filter {
                $0.text.hasPrefix("// \(target.name): ")
            }
            #expect(
                charters.count == 1,
                "\(target.name) needs one file that begins with its charter"
            )
        }
    }

    /// Traps, unchecked promises and sleeping tests are written out where a reviewer can count them.
    @Test func `no source forces a try or a cast, and none stops the process on purpose`() throws {
        let forbidden = ["try!", "as!", "fatalError(", "nonisolated(unsafe)"]
        for target in sources {
            for file in try files(of: target) {
                for word in forbidden {
                    let lines = file.text.split(separator: "\n").filter {
                        $0.contains(word) && !$0.drop(while: { $0 == " " }).hasPrefix("//")
                    }
                    #expect(lines.isEmpty, "\(target.name)/\(file.name): \(word)")
                }
            }
        }
    }

    @Test func `unchecked Sendable can be counted on one hand, and each says why it holds`() throws
    {
        var uses: [String] = []
        for target in sources {
            for file in try files(of: target) {
                let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)
                for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                    uses.append("\(target.name)/\(file.name)")
                    let before = index > 0 ? lines[index - 1] : ""
                    #expect(before.contains("//"), "\(target.name)/\(file.name) gives no reason")
                }
            }
        }
        #expect(uses.count <= 5, "\(uses)")
    }
}
