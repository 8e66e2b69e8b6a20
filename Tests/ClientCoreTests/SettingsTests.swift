import AWSClient
import Sealing
import SigV4
import Testing
import Vocabulary

@testable import ClientCore

@Suite("Settings of AWS's tools")
struct SettingsTests {
    private static let config = """
        # The person's own file.
        [default]
        region = eu-west-1
        endpoint_url = https://default.example:8443

        [profile work]
        region=ap-northeast-1   ; where work is
        endpoint_url = https://work.example
        ca_bundle = /etc/work.pem # the authority
        s3 =
            endpoint_url = https://nested.example
        aws_access_key_id = from-config
        nonsense
        """
    private static let credentials = """
        [default]
        aws_access_key_id = AKIADEFAULT
        aws_secret_access_key = default=secret
        [work]
        aws_access_key_id = AKIAWORK
        aws_secret_access_key = worksecret
        aws_session_token = token
        """

    private func settings(
        _ environment: [String: String],
        profile: String? = nil
    ) throws -> ClientSettings {
        try ClientSettings(
            environment: environment.merging(["HOME": "/home/p"]) { $1 },
            profile: profile
        ) { path in
            switch path {
            case "/home/p/.aws/config": Self.config
            case "/home/p/.aws/credentials": Self.credentials
            default: nil
            }
        }
    }

    @Test func `the default profile is used when nothing else is said`() throws {
        let settings = try settings([:])
        #expect(settings.endpoint.description == "https://default.example:8443")
        #expect(settings.region.description == "eu-west-1")
        #expect(settings.trust == .system)
        #expect(settings.credentials.accessKeyID == "AKIADEFAULT")
        #expect(settings.credentials.secretAccessKey.revealedText() == "default=secret")
        #expect(settings.credentials.sessionToken == nil)
    }

    @Test(arguments: [nil, "work"])
    func `a profile is named on the command line or by a variable`(argument: String?) throws {
        let variables = argument == nil ? ["AWS_PROFILE": "work"] : [:]
        let settings = try settings(variables, profile: argument)
        #expect(settings.endpoint.description == "https://work.example")
        #expect(settings.region.description == "ap-northeast-1")
        #expect(settings.trust == .file("/etc/work.pem"))
        #expect(settings.credentials.accessKeyID == "AKIAWORK")
        #expect(settings.credentials.sessionToken == "token")
    }

    @Test func `a variable goes before the profile`() throws {
        let settings = try settings([
            "AWS_ENDPOINT_URL": "http://127.0.0.1:4599", "AWS_REGION": "us-west-2",
            "AWS_DEFAULT_REGION": "us-east-2", "AWS_CA_BUNDLE": "/ca.pem",
            "AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "envsecret",
        ])
        #expect(settings.endpoint.description == "http://127.0.0.1:4599")
        #expect(settings.region.description == "us-west-2")
        #expect(settings.trust == .file("/ca.pem"))
        #expect(settings.credentials.accessKeyID == "AKIAENV")
    }

    @Test func `an empty variable counts as none, and the older region variable still works`()
        throws
    {
        let settings = try settings([
            "AWS_REGION": "", "AWS_DEFAULT_REGION": "us-east-2", "AWS_CA_BUNDLE": "",
        ])
        #expect(settings.region.description == "us-east-2")
        #expect(settings.trust == .system)
    }

    @Test func `a profile that is asked for and missing is named`() {
        #expect {
            try settings([:], profile: "nowhere")
        } throws: {
            "\($0)".contains("'nowhere'") && "\($0)".contains("/home/p/.aws/config")
        }
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"], "AWS_ENDPOINT_URL"),
        (["AWS_ENDPOINT_URL": "https://h"], "AWS_ACCESS_KEY_ID"),
        (["AWS_ENDPOINT_URL": "h:80"], "'h:80'"),
        (["AWS_ENDPOINT_URL": "https://h", "AWS_REGION": "Bad Region"], "'Bad Region'"),
    ])
    func `what is missing or wrong is said, and how to give it`(
        environment: [String: String],
        said: String
    ) {
        #expect {
            try ClientSettings(environment: environment) { _ in nil }
        } throws: {
            "\($0)".contains(said)
        }
    }
}
