import ArgumentParser
import ClientCore
import FoundationEssentials

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "KMS keys.",
        discussion: """
            Examples:
              sekisho keys
              sekisho keys describe alias/session-manager-logs
            """,
        subcommands: [List.self, Describe.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the keys.")

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let calls = try await client.calls()
            let aliases = try await calls.aliases()
            var keys: [KeyMetadata] = []
            for id in try await calls.keyIDs() { keys.append(try await calls.describeKey(id)) }
            try output.print(keys) {
                var table = Table("KEY", "STATE", "ALIASES", "CREATED", "DESCRIPTION")
                for key in keys {
                    table.add(
                        key.keyId,
                        key.keyState,
                        aliases.filter { $0.targetKeyId == key.keyId }.map(\.aliasName)
                            .joined(separator: " "),
                        key.creationDate?.formatted(.iso8601),
                        key.description
                    )
                }
                return table
            }
        }
    }

    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show a key and its policy.")

        @Argument(
            help: "The key's id, ARN or alias (alias/NAME).",
            transform: OptionValue.name
        )
        var key: String

        @OptionGroup var client: ClientOptions
        @OptionGroup var output: OutputOptions

        private struct Description: Encodable {
            let metadata: KeyMetadata
            let policy: String
        }

        func run() async throws {
            let calls = try await client.calls()
            let metadata = try await Sought.key(key).through {
                try await calls.describeKey(key)
            }
            let policy = try await calls.keyPolicy(metadata.keyId)
            if output.output == .json {
                return try Terminal.print(
                    json: Description(metadata: metadata, policy: policy)
                )
            }
            var table = Table("KEY", "STATE", "SPEC", "CREATED", "DESCRIPTION")
            table.add(
                metadata.arn ?? metadata.keyId,
                metadata.keyState,
                metadata.keySpec,
                metadata.creationDate?.formatted(.iso8601),
                metadata.description
            )
            Terminal.print(table.text(bold: Terminal.outputIsColoured))
            Terminal.print("\n" + policy)
        }
    }
}
