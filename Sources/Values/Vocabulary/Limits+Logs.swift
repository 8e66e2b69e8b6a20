/// The bounds of CloudWatch Logs, with AWS's published numbers, and those of our log store.
extension Limits {
    /// The bounds of the Logs API and store.
    package enum Logs {
        // MARK: Names and parameters, as in the service's model

        package static let nameLength = 1...512
        package static let identifierLength = 1...2048
        package static let taggedResourceLength = 1...1011
        package static let keyIDLength = 0...256
        package static let filterPatternLength = 0...1024
        package static let describePage = 1...50
        package static let eventsPage = 1...10_000
        package static let namedStreams = 1...100
        package static let describedIdentifiers = 1...50
        package static let accountIdentifiers = 0...20
        package static let tagsPerResource = 50
        package static let tagKeyLength = 1...128
        package static let tagValueLength = 0...256
        package static let retentionDays = [
            1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
            2922, 3288, 3653,
        ]

        // MARK: PutLogEvents

        package static let eventsPerBatch = 1...10_000
        /// Bytes of a batch: UTF-8 of the messages and `eventOverhead` for each.
        package static let batchBytes = 1_048_576
        /// Bytes of one event, overhead included.
        package static let eventBytes = 1_048_576
        package static let eventOverhead = 26
        package static let batchSpanMilliseconds: Int64 = 24 * 60 * 60 * 1000
        package static let newestEventMilliseconds: Int64 = 2 * 60 * 60 * 1000
        package static let oldestEventMilliseconds: Int64 = 14 * 24 * 60 * 60 * 1000
        /// Events that a stream can number: eleven digits of the event id.
        package static let eventsPerStream: UInt64 = 99_999_999_999

        // MARK: Reading

        /// Bytes of a page of events, counted as a batch is.
        package static let pageBytes = 1_048_576
        /// Bytes of stored batches that one page of FilterLogEvents opens before it answers with a token.
        package static let scannedBytesPerPage = 16 * 1_048_576
        /// Groups that one page of DescribeLogGroups looks at before it answers with a token.
        package static let scannedGroupsPerPage = 5_000
        /// Index records read at a time.
        package static let indexPage = 200

        // MARK: Filter patterns

        /// Regular expressions in one text pattern.
        package static let regexesPerPattern = 2
        /// Positions of a compiled expression after `{n,m}` is written out.
        package static let regexPositions = 256
        /// Steps of a compiled expression: at most four a position, and two an alternative.
        package static let regexSteps = 4 * regexPositions + 2 * filterPatternLength.upperBound
        /// Ranges of all the classes of an expression: at most one for every other character of ASCII.
        package static let regexRanges = 65 * regexPositions

        // MARK: Writing

        /// How often a writer that lost a race reads again and tries again.
        package static let commitAttempts = 16
        /// Writers that may wait for one stream at a time.
        package static let waitingWritersPerStream = 1_024

        // MARK: Data keys

        package static let dataKeySeconds: Double = 60 * 60
        package static let dataKeySeals: UInt64 = 1 << 32
        /// How long an answer of KMS about a key is trusted.
        package static let keyAnswerSeconds: Double = 5
        /// Opened data keys held in memory.
        package static let openedDataKeys = 4_096

        // MARK: Maintenance

        /// Bytes of batches in the append log that are moved into blobs at a time.
        package static let extentBytes = 4 * 1_048_576
        /// Entries of the append log read at a time.
        package static let extentEntries = 256
        /// Batches that one transaction of maintenance touches.
        package static let batchesPerTransaction = 256
        /// Changes that one signed head takes in.
        package static let entriesPerHead = 512
        package static let signingSeconds: Double = 1
        package static let retentionSeconds: Double = 60
        package static let orphanedBlobSeconds: Double = 60 * 60
    }
}
