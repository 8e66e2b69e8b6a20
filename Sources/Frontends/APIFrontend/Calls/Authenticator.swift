import FoundationEssentials
import ServiceKit
import SigV4
package import Vocabulary

/// The regions that a server answers for.
package enum ServedRegions: Sendable {
    /// All that have the form of a region: a server for tests.
    case any
    case only(Set<Region>)

    func contains(_ region: Region) -> Bool {
        switch self {
        case .any: true
        case .only(let regions): regions.contains(region)
        }
    }
}

/// Who a request comes from, as its signature proves, and its body freed of AWS's chunks.
struct Authenticated: Sendable {
    let principal: Principal
    let scope: Scope
    let accessKeyID: String?
    let body: [UInt8]
}

/// Turns a claim into a principal, or throws why not.
struct Authenticator: Sendable {
    let account: AccountID
    let homeRegion: Region
    let regions: ServedRegions
    let credentials: any CredentialPort
    let nodeKeys: any NodeKeyPort
    private let verifier = SignatureVerifier()

    init(
        account: AccountID,
        homeRegion: Region,
        regions: ServedRegions,
        credentials: any CredentialPort,
        nodeKeys: any NodeKeyPort
    ) {
        self.account = account
        self.homeRegion = homeRegion
        self.regions = regions
        self.credentials = credentials
        self.nodeKeys = nodeKeys
    }

    /// Throws `ServiceFault` and `SignatureError` for the caller, anything else for the operator.
    func authenticate(
        _ request: IncomingRequest,
        claim: UnverifiedSignature?,
        as authentication: Operation.Authentication,
        service: String,
        host: HostName?,
        now: Date
    ) async throws -> Authenticated {
        if case .anonymous = authentication {
            let scope = Scope(account: account, region: region(claim: claim, host: host))
            return Authenticated(
                principal: .anonymous,
                scope: scope,
                accessKeyID: nil,
                body: request.body
            )
        }
        guard let claim else { throw SignatureError.missing }
        try verifier.check(claim, service: service, now: now) { name in
            servedRegion(name, service: service, host: host) != nil
        }
        guard let region = servedRegion(claim.scope.region, service: service, host: host) else {
            throw SignatureError.wrongRegion(claim.scope.region)
        }
        if case .nodeKey = authentication {
            return try await authenticateNode(request, claim, region)
        }
        let identity = try await credentials.signingIdentity(
            accessKeyID: claim.accessKeyID,
            sessionToken: claim.sessionToken
        )
        let body = try verifier.verify(
            claim,
            of: request.head,
            body: request.body,
            secret: identity.secret
        )
        return Authenticated(
            principal: identity.principal,
            scope: Scope(account: identity.account, region: region),
            accessKeyID: claim.accessKeyID,
            body: body
        )
    }

    private func authenticateNode(
        _ request: IncomingRequest,
        _ claim: UnverifiedSignature,
        _ region: Region
    ) async throws -> Authenticated {
        let scope = Scope(account: account, region: region)
        guard let node = try? NodeID(parsing: claim.accessKeyID),
            let publicKey = try await nodeKeys.publicKey(of: node, in: scope)
        else {
            throw ServiceFault(
                "UnrecognizedClientException",
                "The security token included in the request is invalid."
            )
        }
        let body = try verifier.verify(
            claim,
            of: request.head,
            body: request.body,
            publicKey: publicKey
        )
        return Authenticated(principal: .node(node), scope: scope, accessKeyID: nil, body: body)
    }

    /// The region that a scope names, if this server answers for it under that host name.
    ///
    /// IAM and STS are signed for their partition's one region by clients of all of them; where that is
    /// not served, they count as calls to our home region.
    private func servedRegion(_ name: String, service: String, host: HostName?) -> Region? {
        guard let region = try? Region(parsing: name) else { return nil }
        if regions.contains(region) { return host.map { $0.region == name } ?? true ? region : nil }
        let isGlobal = service == "iam" || service == "sts"
        return isGlobal && name == homeRegion.partition.globalServiceRegion ? homeRegion : nil
    }

    /// Who a request comes from that proves nothing: what it claims to be is no principal.
    func nobody(claim: UnverifiedSignature?, host: HostName?) -> Authenticated {
        Authenticated(
            principal: .anonymous,
            scope: Scope(account: account, region: region(claim: claim, host: host)),
            accessKeyID: claim?.accessKeyID.cut(Limits.recordedNameLength),
            body: []
        )
    }

    /// The region of a request that proves nothing: the one it names if we serve it, else ours.
    func region(claim: UnverifiedSignature?, host: HostName?) -> Region {
        for name in [host?.region, claim?.scope.region] {
            if let region = name.flatMap({ try? Region(parsing: $0) }), regions.contains(region) {
                return region
            }
        }
        return homeRegion
    }
}

extension Partition {
    /// Where clients believe the partition's IAM to be, as in the endpoint data of the SDKs.
    fileprivate var globalServiceRegion: String {
        switch self {
        case .standard: "us-east-1"
        case .china: "cn-north-1"
        case .governmentCloud: "us-gov-west-1"
        }
    }
}
