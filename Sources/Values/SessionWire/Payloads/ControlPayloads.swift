import FoundationEssentials

/// Payload of `interactive_shell`: tells a node to start a session (session-protocol 3.4).
package struct InteractiveShell: JSONPayload, Equatable {
    /// An `AgentTask` as JSON text: a string of JSON inside JSON.
    package let content: String
    package let taskID: String
    package let topic: String
    package let schemaVersion: Int

    enum CodingKeys: String, CodingKey {
        case content = "Content"
        case taskID = "TaskId"
        case topic = "Topic"
        case schemaVersion = "SchemaVersion"
    }

    package init(content: String, taskID: String) {
        self.content = content
        self.taskID = taskID
        topic = "aws.ssm.interactiveShell"
        schemaVersion = 1
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        content = try container.decode(String.self, forKey: .content)
        taskID = (try? container.decode(String.self, forKey: .taskID)) ?? ""
        topic = (try? container.decode(String.self, forKey: .topic)) ?? ""
        schemaVersion = (try? container.decode(Int.self, forKey: .schemaVersion)) ?? 1
    }

    /// What is to be started; nil when the text inside is not that JSON.
    package var task: AgentTask? { AgentTask(json: Array(content.utf8)) }
}

/// What a node is told of the session it shall start: AWS's AgentTaskPayload.
package struct AgentTask: JSONPayload, Equatable {
    package var documentName: String?
    /// The session document (session-protocol 7.2), with the preferences as its `inputs`.
    package var documentContent: JSONValue
    package var sessionID: String
    /// A string or a list of strings by name, replacing `{{ name }}` in the document.
    package var parameters: [String: JSONValue]?
    /// The user to run as, from a tag of the caller; beats `runAsDefaultUser` when not blank.
    package var runAsUser: String?
    /// ARN of the caller, which streamed logs name as `userIdentity.arn`.
    package var sessionOwner: String?

    enum CodingKeys: String, CodingKey {
        case documentName = "DocumentName"
        case documentContent = "DocumentContent"
        case sessionID = "SessionId"
        case parameters = "Parameters"
        case runAsUser = "RunAsUser"
        case sessionOwner = "SessionOwner"
    }

    package init(
        documentName: String?,
        documentContent: JSONValue,
        sessionID: String,
        parameters: [String: JSONValue]? = nil,
        runAsUser: String? = nil,
        sessionOwner: String? = nil
    ) {
        self.documentName = documentName
        self.documentContent = documentContent
        self.sessionID = sessionID
        self.parameters = parameters
        self.runAsUser = runAsUser
        self.sessionOwner = sessionOwner
    }
}

/// Payload of `agent_task_complete`: a session is over (session-protocol 3.5).
///
/// Stock agents always send every member; what is missing reads as empty.
package struct AgentTaskComplete: JSONPayload, Equatable {
    package var schemaVersion = 1
    /// The session.
    package var taskID: String
    package var topic = "agent_task_complete"
    /// `Success`, `Failed`, `Cancelled`, `TimedOut`.
    package var finalTaskStatus: String
    package var isRoutingFailure = false
    package var awsAccountID = ""
    package var instanceID: String
    /// The error for the person; empty when all went well.
    package var output: String
    package var s3Bucket = ""
    package var s3URLSuffix = ""
    package var cloudWatchGroup: String
    package var cloudWatchStream: String
    /// Counts the sends of this message, from 1.
    package var retryNumber: Int

    /// What stock agents put before an error that came up while a session was set up.
    package static let errorHeading = "\n----------ERROR-------\n"

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "SchemaVersion"
        case taskID = "TaskId"
        case topic = "Topic"
        case finalTaskStatus = "FinalTaskStatus"
        case isRoutingFailure = "IsRoutingFailure"
        case awsAccountID = "AwsAccountId"
        case instanceID = "InstanceId"
        case output = "Output"
        case s3Bucket = "S3Bucket"
        case s3URLSuffix = "S3UrlSuffix"
        case cloudWatchGroup = "CwlGroup"
        case cloudWatchStream = "CwlStream"
        case retryNumber = "RetryNumber"
    }

    package init(
        taskID: String,
        finalTaskStatus: String,
        instanceID: String,
        output: String = "",
        cloudWatchGroup: String = "",
        cloudWatchStream: String = "",
        retryNumber: Int = 1
    ) {
        self.taskID = taskID
        self.finalTaskStatus = finalTaskStatus
        self.instanceID = instanceID
        self.output = output
        self.cloudWatchGroup = cloudWatchGroup
        self.cloudWatchStream = cloudWatchStream
        self.retryNumber = retryNumber
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) -> String {
            (try? container.decode(String.self, forKey: key)) ?? ""
        }
        schemaVersion = (try? container.decode(Int.self, forKey: .schemaVersion)) ?? 1
        taskID = try container.decode(String.self, forKey: .taskID)
        topic = text(.topic)
        finalTaskStatus = text(.finalTaskStatus)
        isRoutingFailure = (try? container.decode(Bool.self, forKey: .isRoutingFailure)) ?? false
        awsAccountID = text(.awsAccountID)
        instanceID = text(.instanceID)
        output = text(.output)
        s3Bucket = text(.s3Bucket)
        s3URLSuffix = text(.s3URLSuffix)
        cloudWatchGroup = text(.cloudWatchGroup)
        cloudWatchStream = text(.cloudWatchStream)
        retryNumber = (try? container.decode(Int.self, forKey: .retryNumber)) ?? 1
    }
}

/// Payload of `agent_task_acknowledge`: stops a node from sending its completion again.
package struct AgentTaskAcknowledge: JSONPayload, Equatable {
    package var schemaVersion = 1
    /// The id in the binary header of the message acknowledged.
    package var messageID: String
    package var taskID: String
    package var topic: String

    enum CodingKeys: String, CodingKey {
        case schemaVersion = "SchemaVersion"
        case messageID = "MessageId"
        case taskID = "TaskId"
        case topic = "Topic"
    }

    package init(messageID: MessageID, taskID: String, topic: String) {
        self.messageID = messageID.description
        self.taskID = taskID
        self.topic = topic
    }
}
