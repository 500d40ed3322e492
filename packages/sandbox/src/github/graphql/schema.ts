/** What is played of GitHub's GraphQL schema; names, types and nullability are GitHub's. */
export const schemaText = /* GraphQL */ `
scalar Base64String
scalar BigInt
scalar DateTime
scalar GitObjectID
scalar URI
"GitHub's Int here holds ids beyond 32 bits."
scalar DatabaseId

interface Node { id: ID! }
interface Actor { login: String! url: URI! }

type User implements Actor & Node { id: ID! login: String! url: URI! databaseId: DatabaseId }
type Bot implements Actor & Node { id: ID! login: String! url: URI! databaseId: DatabaseId }

type PageInfo { endCursor: String hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String }

interface Minimizable { isMinimized: Boolean! minimizedReason: String }

type IssueComment implements Node & Minimizable {
  id: ID!
  author: Actor
  body: String!
  createdAt: DateTime!
  databaseId: DatabaseId
  fullDatabaseId: BigInt
  isMinimized: Boolean!
  minimizedReason: String
  updatedAt: DateTime!
  url: URI!
  viewerDidAuthor: Boolean!
}
type IssueCommentConnection { nodes: [IssueComment] pageInfo: PageInfo! totalCount: Int! }

enum PullRequestState { CLOSED MERGED OPEN }
enum MergeableState { CONFLICTING MERGEABLE UNKNOWN }

type PullRequest implements Node {
  id: ID!
  author: Actor
  baseRefName: String!
  baseRefOid: GitObjectID!
  body: String!
  comments(first: Int, after: String): IssueCommentConnection!
  createdAt: DateTime!
  headRefName: String!
  headRefOid: GitObjectID!
  isDraft: Boolean!
  mergeable: MergeableState!
  merged: Boolean!
  number: Int!
  state: PullRequestState!
  title: String!
  updatedAt: DateTime!
  url: URI!
}

type Repository implements Node {
  id: ID!
  databaseId: Int
  isPrivate: Boolean!
  name: String!
  nameWithOwner: String!
  pullRequest(number: Int!): PullRequest
  url: URI!
}

type Query {
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  viewer: User!
}

enum ReportedContentClassifiers { ABUSE DUPLICATE LOW_QUALITY OFF_TOPIC OUTDATED RESOLVED SPAM }
input MinimizeCommentInput { classifier: ReportedContentClassifiers! clientMutationId: String subjectId: ID! }
type MinimizeCommentPayload { clientMutationId: String minimizedComment: Minimizable }

input CommittableBranch { branchName: String id: ID repositoryNameWithOwner: String }
input CommitMessage { body: String headline: String! }
input FileAddition { contents: Base64String! path: String! }
input FileDeletion { path: String! }
input FileChanges { additions: [FileAddition!] deletions: [FileDeletion!] }
input CreateCommitOnBranchInput {
  branch: CommittableBranch!
  clientMutationId: String
  expectedHeadOid: GitObjectID!
  fileChanges: FileChanges
  message: CommitMessage!
}
enum GitSignatureState { INVALID UNSIGNED VALID }
interface GitSignature { isValid: Boolean! state: GitSignatureState! wasSignedByGitHub: Boolean! }
type GpgSignature implements GitSignature { isValid: Boolean! state: GitSignatureState! wasSignedByGitHub: Boolean! }
type Commit {
  abbreviatedOid: String!
  committedDate: DateTime!
  message: String!
  oid: GitObjectID!
  signature: GitSignature
  url: URI!
}
type Ref { name: String! prefix: String! }
type CreateCommitOnBranchPayload { clientMutationId: String commit: Commit ref: Ref }

type Mutation {
  createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload
  minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload
}
`;
