/// What is wrong with a document, or with what is put into it.
package enum DocumentProblem: Error, Equatable {
    /// A schema version other than 1.0, as it was written.
    case schemaVersion(String)
    /// Anything else in the document, with a sentence for its author.
    case content(String)
    /// The parameters of one session, with a sentence for whoever gave them.
    case parameters(String)
    /// Parameters that would cost more than one session may, with a sentence for whoever gave them.
    case tooMuchWork(String)
}
