// sekisho-bench: what the hot paths cost, as JSON lines on the output and a table on the error output.
//
// It measures and asserts nothing: machines differ, and a run beside other work says little. Ratios within one
// run, and CPU per unit of work, are what to compare (docs/benchmarks.md).

import ArgumentParser

/// The program.
@main
struct SekishoBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sekisho-bench",
        abstract: "Measure the hot paths.",
        discussion: """
            Areas: policy, sigv4, wire, ingest in this process; kms, logs over HTTP against a server of its own; \
            start, memory of the programs themselves; pty, echo, output at a terminal, through `sekisho connect` \
            and, where sshd is installed, OpenSSH.

            Example:
              script/bench kms
            """
    )

    @Argument(help: "The areas to measure; all when none is named.")
    var areas: [Area] = []

    @Option(name: .long, help: "Where the programs are (default: beside this one).")
    var programs: String?

    func run() async throws {
        var report = Report()
        let programs = Programs(directory: programs)
        for area in areas.isEmpty ? Area.allCases : areas {
            for measurement in try await area.measure(programs) { report.add(measurement) }
        }
        report.printTable()
    }
}

/// What can be measured.
enum Area: String, CaseIterable, ExpressibleByArgument {
    case policy
    case sigv4
    case wire
    case ingest
    case kms
    case logs
    case start
    case memory
    case pty
    case echo
    case output

    func measure(_ programs: Programs) async throws -> [Measurement] {
        switch self {
        case .policy: try PolicyArea.measure()
        case .sigv4: try SignatureArea.measure()
        case .wire: try WireArea.measure()
        case .ingest: try await IngestArea.measure()
        case .kms: try await HTTPArea.measureKMS(programs)
        case .logs: try await HTTPArea.measureLogs(programs)
        case .start: try await FootprintArea.measureStart(programs)
        case .memory: try await FootprintArea.measureMemory(programs)
        case .pty: try await TerminalArea.measurePTY()
        case .echo: try await TerminalArea.measureEcho(programs)
        case .output: try await TerminalArea.measureOutput(programs)
        }
    }
}
