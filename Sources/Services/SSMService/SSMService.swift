// SSMService: activations, nodes, session documents and sessions, as AWS Systems Manager has them.

package import Logging
package import Sealing
package import ServiceKit
package import Vocabulary

/// AWS Systems Manager, as far as Session Manager needs it.
///
/// It keeps who may register (activations), what has registered (nodes), what a session is like (documents)
/// and the sessions themselves. It relays nothing: nodes and people attach to the gateway, which it meets
/// through `NodeChannelPort` on one side and `SessionDirectoryPort` on the other.
/// See https://docs.aws.amazon.com/systems-manager/latest/APIReference/ and `docs/protocols/ssm.md`.
package struct SSMService: AWSService {
    package let signingName = "ssm"
    package let wireProtocol = WireProtocol.json11(targetPrefix: "AmazonSSM")

    /// The name under which roles must trust us.
    static let principal = "ssm.amazonaws.com"

    let store: RecordStore
    let channelTokens: ChannelTokens
    let authorizer: any Authorizer
    let roles: any RoleCredentialsPort
    let nodes: any NodeChannelPort
    let pageTokens: PageTokens
    let publicURL: @Sendable () -> String
    let clock: any WallClock
    let entropy: any Entropy
    let logger: Logger

    /// Wires the service.
    ///
    /// `publicURL` is asked late, since ports are known after binding only; it is the address that people and
    /// nodes reach us at, such as `https://sekisho.example:8443`.
    package init(
        store: RecordStore,
        sealingKey: SealingKey,
        authorizer: any Authorizer,
        roles: any RoleCredentialsPort,
        nodes: any NodeChannelPort,
        pageTokens: PageTokens,
        publicURL: @escaping @Sendable () -> String,
        clock: any WallClock,
        entropy: any Entropy,
        logger: Logger
    ) {
        self.store = store
        channelTokens = ChannelTokens(
            key: sealingKey.derived(for: "ssm channel tokens"),
            clock: clock,
            entropy: entropy
        )
        self.authorizer = authorizer
        self.roles = roles
        self.nodes = nodes
        self.pageTokens = pageTokens
        self.publicURL = publicURL
        self.clock = clock
        self.entropy = entropy
        self.logger = logger
    }

    package var operations: [Operation] {
        activationOperations + nodeOperations + documentOperations + sessionOperations
    }

    private var activationOperations: [Operation] {
        [
            Operation("CreateActivation", createActivation),
            Operation("DescribeActivations", describeActivations),
            Operation("DeleteActivation", deleteActivation),
            Operation(
                "RegisterManagedInstance",
                authentication: .anonymous,
                registerManagedInstance
            ),
        ]
    }

    private var nodeOperations: [Operation] {
        [
            Operation(
                "RequestManagedInstanceRoleToken",
                authentication: .nodeKey,
                requestManagedInstanceRoleToken
            ),
            Operation(
                "UpdateManagedInstancePublicKey",
                authentication: .nodeKey,
                updateManagedInstancePublicKey
            ),
            Operation("UpdateInstanceInformation", updateInstanceInformation).brief(),
            Operation("DescribeInstanceInformation", describeInstanceInformation),
            Operation("DeregisterManagedInstance", deregisterManagedInstance),
            Operation("UpdateManagedInstanceRole", updateManagedInstanceRole),
            Operation("ListInstanceAssociations", listInstanceAssociations),
            Operation("AddTagsToResource", addTagsToResource),
            Operation("RemoveTagsFromResource", removeTagsFromResource),
            Operation("ListTagsForResource", listTagsForResource),
        ]
    }

    private var documentOperations: [Operation] {
        [
            Operation("CreateDocument", createDocument),
            Operation("UpdateDocument", updateDocument),
            Operation("UpdateDocumentDefaultVersion", updateDocumentDefaultVersion),
            Operation("GetDocument", getDocument),
            Operation("DescribeDocument", describeDocument),
            Operation("DescribeDocumentPermission", describeDocumentPermission),
            Operation("DeleteDocument", deleteDocument),
            Operation("ListDocuments", listDocuments),
            Operation("ListDocumentVersions", listDocumentVersions),
        ]
    }

    private var sessionOperations: [Operation] {
        [
            Operation("StartSession", startSession),
            Operation("ResumeSession", resumeSession),
            Operation("TerminateSession", terminateSession),
            Operation("DescribeSessions", describeSessions),
            Operation("GetConnectionStatus", getConnectionStatus),
        ]
    }
}
