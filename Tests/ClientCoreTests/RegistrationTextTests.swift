import AWSClient
import Sealing
import SigV4
import Testing
import Vocabulary

@testable import ClientCore

@Suite("What is printed for a machine that is to become a node")
struct RegistrationTextTests {
    private func text(_ endpoint: String, trust: TrustRoots) throws -> RegistrationText {
        RegistrationText(
            NodeActivation(activationId: "the-id", activationCode: "the-code"),
            at: ClientSettings(
                endpoint: try Endpoint(parsing: endpoint),
                region: try Region(parsing: "eu-west-1"),
                trust: trust,
                trustRemedy: "",
                credentials: SigningCredentials(
                    accessKeyID: "AKIA",
                    secretAccessKey: Secret(utf8: "s")
                )
            )
        )
    }

    @Test func `a private CA has to be copied to another machine`() throws {
        let registration = try text("https://h.example:8443", trust: .file("/my data/ca.pem"))
        #expect(
            registration.text.contains(
                """
                  sekisho-agent register --endpoint https://h.example:8443 --ca '/my data/ca.pem' \
                --code the-code --id the-id --region eu-west-1
                  sekisho-agent run
                """
            )
        )
        #expect(registration.text.contains("copy that file there"))
        #expect(registration.warning == nil)
    }

    @Test(arguments: [("https://h.example", TrustRoots.system), ("http://h.example", .file("/ca"))])
    func `no CA is named where none is needed`(endpoint: String, trust: TrustRoots) throws {
        let registration = try text(endpoint, trust: trust)
        #expect(!registration.text.contains("--ca") && !registration.text.contains("copy"))
    }

    @Test(arguments: [
        ("https://127.0.0.1:8443", true), ("https://localhost", true), ("https://[::1]:1", true),
        ("https://127.example", false), ("https://10.0.0.1", false),
    ])
    func `an address of this machine alone is warned of`(endpoint: String, isWarned: Bool) throws {
        let registration = try text(endpoint, trust: .system)
        #expect((registration.warning != nil) == isWarned)
        #expect(registration.warning?.contains("--public-url") ?? true)
    }
}
