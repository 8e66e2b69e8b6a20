package import AWSClient
package import Logging
import Sealing
package import SigV4
package import Vocabulary

/// Where a command goes and as whom: the settings that all AWS tools read.
package struct ClientSettings: Sendable {
    package var endpoint: Endpoint
    package var region: Region
    package var trust: TrustRoots
    package var credentials: SigningCredentials
    /// What to do where the server's certificate is not trusted.
    package var trustRemedy = "set AWS_CA_BUNDLE to the CA file of that server"

    package init(
        endpoint: Endpoint,
        region: Region,
        trust: TrustRoots,
        trustRemedy: String,
        credentials: SigningCredentials
    ) {
        self.endpoint = endpoint
        self.region = region
        self.trust = trust
        self.trustRemedy = trustRemedy
        self.credentials = credentials
    }

    /// The client that these settings make.
    package func client(logger: Logger) throws(AWSClientError) -> AWSClient {
        try AWSClient(
            endpoint: endpoint,
            region: region,
            signing: .credentials(credentials),
            trust: trust,
            trustRemedy: trustRemedy,
            logger: logger
        )
    }
}

/// A setting that is missing or wrong; the sentence says which and how to give it.
package struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}

extension ClientSettings {
    /// Reads the settings as AWS's tools do: environment first, then the profile in the two files.
    ///
    /// `readFile` gives the text of a file, or nil when there is none. The profile is `profile`, else
    /// `AWS_PROFILE`, else `default`; a profile asked for by name must exist. See
    /// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
    package init(
        environment: [String: String],
        profile: String? = nil,
        readFile: (String) -> String?
    ) throws(SettingsError) {
        let files = ProfileFiles(environment, readFile)
        let named = profile ?? environment.nonEmpty("AWS_PROFILE")
        let settings = files.settings(of: named ?? "default")
        if let named, settings == nil {
            throw SettingsError(
                "There is no profile '\(named)' in \(files.configPath) or \(files.credentialsPath)."
            )
        }
        func setting(_ variables: [String], _ name: String) -> String? {
            variables.lazy.compactMap { environment.nonEmpty($0) }.first ?? settings?[name]
        }
        guard let url = setting(["AWS_ENDPOINT_URL"], "endpoint_url") else {
            throw SettingsError(
                "No server is named: set AWS_ENDPOINT_URL, or give --data DIR on the server's machine "
                    + "('eval \"$(sekisho env --data DIR)\"' sets all that is needed)."
            )
        }
        let endpointURL: Endpoint
        let regionName: Region
        do {
            endpointURL = try Endpoint(parsing: url)
            regionName = try Region(
                parsing: setting(["AWS_REGION", "AWS_DEFAULT_REGION"], "region") ?? "us-east-1"
            )
        } catch {
            throw SettingsError("\(error)")
        }
        endpoint = endpointURL
        region = regionName
        trust = setting(["AWS_CA_BUNDLE"], "ca_bundle").map { .file($0) } ?? .system
        // A profile that is named on the command line goes before keys in the environment, as in AWS's CLI.
        let found =
            profile == nil
            ? Self.credentials(in: environment.mapKeys) ?? Self.credentials(in: settings)
            : Self.credentials(in: settings)
        guard let found else {
            throw SettingsError(
                "There are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
                    + "or AWS_PROFILE."
            )
        }
        credentials = found
    }

    private static func credentials(in settings: [String: String]?) -> SigningCredentials? {
        guard let settings, let id = settings.nonEmpty("aws_access_key_id"),
            let secret = settings.nonEmpty("aws_secret_access_key")
        else { return nil }
        return SigningCredentials(
            accessKeyID: id,
            secretAccessKey: Secret(utf8: secret),
            sessionToken: settings.nonEmpty("aws_session_token")
        )
    }
}

/// `~/.aws/config` and `~/.aws/credentials`, or where the environment says they are.
private struct ProfileFiles {
    let configPath: String
    let credentialsPath: String
    private let config: INIFile
    private let credentials: INIFile

    init(_ environment: [String: String], _ readFile: (String) -> String?) {
        let home = environment.nonEmpty("HOME") ?? ""
        configPath = environment.nonEmpty("AWS_CONFIG_FILE") ?? "\(home)/.aws/config"
        credentialsPath =
            environment.nonEmpty("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials"
        config = INIFile(parsing: readFile(configPath) ?? "")
        credentials = INIFile(parsing: readFile(credentialsPath) ?? "")
    }

    /// What both files say of a profile; keys of the credentials file win.
    ///
    /// Nil when neither has it.
    func settings(of profile: String) -> [String: String]? {
        let ofConfig =
            config.section("profile \(profile)")
            ?? (profile == "default" ? config.section("default") : nil)
        let ofCredentials = credentials.section(profile)
        guard ofConfig != nil || ofCredentials != nil else { return nil }
        return (ofConfig ?? [:]).merging(ofCredentials ?? [:]) { $1 }
    }
}

extension [String: String] {
    fileprivate func nonEmpty(_ name: String) -> String? {
        guard let value = self[name], !value.isEmpty else { return nil }
        return value
    }

    /// The environment under the names that profile files use: `AWS_SESSION_TOKEN` is `aws_session_token`.
    fileprivate var mapKeys: [String: String] {
        Dictionary(
            filter { $0.key.hasPrefix("AWS_") }.map { ($0.key.lowercased(), $0.value) }
        ) { $1 }
    }
}
