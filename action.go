package timbre

// What an access key may do beyond the operations of the AWS APIs, as the grants of keys name it.
const (
	ActionGetMetrics    = "timbre:GetMetrics"
	ActionGetProfile    = "timbre:GetProfile" // of the Go runtime
	ActionGetServer     = "timbre:GetServer"
	ActionListCalls     = "timbre:ListCalls"
	ActionGetNumbers    = "timbre:GetNumbers" // of calls, unmasked
	ActionManageOutbox  = "timbre:ManageOutbox"
	ActionListKeys      = "timbre:ListKeys"
	ActionPlayRecording = "timbre:PlayRecording"
)
