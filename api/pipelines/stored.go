package pipelines

import (
	"timbre"
	"timbre/api/rest"
)

// registerStored adds the operations whose state is stored and returned, and has no other effect.
func registerStored(m *rest.Mux, s *service) {
	rest.Store(m, rest.Pipelines, "CreateMediaPipelineKinesisVideoStreamPool", s.createPool)
	rest.Store(m, rest.Pipelines, "GetMediaPipelineKinesisVideoStreamPool", s.getPool)
	rest.Store(m, rest.Pipelines, "ListMediaPipelineKinesisVideoStreamPools", s.listPools)
	rest.Store(m, rest.Pipelines, "UpdateMediaPipelineKinesisVideoStreamPool", s.updatePool)
	rest.Store(m, rest.Pipelines, "DeleteMediaPipelineKinesisVideoStreamPool", s.deletePool)
	rest.Store(m, rest.Pipelines, "ListMediaCapturePipelines", s.listCaptures)
}

// registerRefused binds the operations on meetings and their recordings to the reason why Timbre refuses them.
func registerRefused(m *rest.Mux) {
	rest.Refuse(m, rest.Pipelines, timbre.NotFound, "The media capture pipeline does not exist: Timbre does not support meetings.",
		"GetMediaCapturePipeline", "DeleteMediaCapturePipeline")
	rest.Refuse(m, rest.Pipelines, timbre.Invalid, "Timbre does not support meetings, so it cannot capture, concatenate, stream or forward them.",
		"CreateMediaCapturePipeline", "CreateMediaConcatenationPipeline", "CreateMediaLiveConnectorPipeline", "CreateMediaStreamPipeline")
}
