/** What is played of GitHub's GraphQL schema; names, types and nullability are GitHub's. */
export const schemaText = /* GraphQL */ `
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

type Mutation { minimizeComment(input: MinimizeCommentInput!): MinimizeCommentPayload }
`;
