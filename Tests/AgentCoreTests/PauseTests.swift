import AWSClient
import Logging
import Simulation
import Testing
import Vocabulary

@testable import AgentCore

@Suite("Waiting before another attempt")
struct PauseTests {
    private static func service(_ code: String) -> AWSClientError {
        .service(code: code, message: "", status: 400, requestID: nil)
    }

    @Test(
        arguments: [
            (service("AccessDeniedException"), 0, 1500.0, 1800.0),
            (service("MachineFingerprintDoesNotMatch"), 9, 1500, 1800),
            (service("UnrecognizedClientException"), 0, 1500, 1800),
            (service("InternalServerError"), 0, 11, 20.2),
            (service("InternalServerError"), 4, 26, 38.2),
            (service("InternalServerError"), 99, 1800, 1800), (.transport("x"), 0, 1, 1.2),
            (.transport("x"), 3, 8, 9.6), (.transport("x"), 99, 60, 60),
        ] as [(AWSClientError, Int, Double, Double)]
    )
    func `for credentials goes by what went wrong`(
        error: AWSClientError,
        failures: Int,
        least: Double,
        most: Double
    ) {
        let entropy = SeededEntropy(seed: UInt64(failures + 1))
        for _ in 0..<100 {
            let pause = CredentialPause.after(error, failures: failures, entropy: entropy)
            #expect(pause >= .seconds(least) && pause <= .seconds(most), "\(pause)")
        }
    }

    @Test(arguments: [
        (0, 0.0, 2.5), (1, 1, 1.5), (2, 2, 3), (6, 32, 48), (7, 60, 90), (1_000_000, 60, 90),
    ])
    func `for the control channel grows and never ends`(
        failures: Int,
        least: Double,
        most: Double
    ) {
        let entropy = SeededEntropy(seed: 3)
        for _ in 0..<100 {
            let pause = ReconnectPause.after(failures: failures, entropy: entropy)
            #expect(pause >= .seconds(least) && pause <= .seconds(most), "\(pause)")
        }
    }

    @Test(arguments: [
        (0, "0.0 seconds"), (1_234, "1.2 seconds"), (119_900, "119.9 seconds"),
        (120_000, "2 minutes"), (1_640_000, "27 minutes"),
    ])
    func `is told in words`(milliseconds: Int, words: String) {
        #expect(Duration.milliseconds(milliseconds).spelledOut == words)
    }

    @Test func `is logged once for a reason, and again after a long time`() {
        var repetition = Repetition()
        let levels = (0...Repetition.interval).map { _ in repetition.level(of: "away") }
        #expect(levels.first == .error && levels.last == .error)
        #expect(levels.count { $0 == .error } == 2)
        #expect(repetition.level(of: "refused") == .error)
        #expect(repetition.level(of: "away") == .error)
    }

    @Test func `is logged once for an error code, though its sentence changes with the time`() {
        var repetition = Repetition()
        func level(_ code: String, _ message: String) -> Logger.Level {
            repetition.level(
                of: AWSClientError.service(
                    code: code,
                    message: message,
                    status: 403,
                    requestID: nil
                )
            )
        }
        let early = "Signature expired: 20260102T030405Z is now earlier than 20260102T031000Z"
        let late = "Signature expired: 20260102T040405Z is now earlier than 20260102T041000Z"
        #expect(level("InvalidSignatureException", early) == .error)
        #expect(level("InvalidSignatureException", late) == .debug)
        #expect(level("AccessDeniedException", late) == .error)
        #expect(repetition.level(of: AWSClientError.transport("away")) == .error)
        #expect(repetition.level(of: AWSClientError.transport("away")) == .debug)
        #expect(repetition.level(of: AWSClientError.transport("gone")) == .error)
    }
}
