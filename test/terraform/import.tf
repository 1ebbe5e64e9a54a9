# Imports the deployment as it stands, for a state that was lost.
variable "ids" { type = map(string) }

import {
  to = aws_chime_voice_connector.it
  id = var.ids.connector
}

import {
  to = aws_chime_voice_connector_group.it
  id = var.ids.group
}

import {
  to = aws_chime_voice_connector_logging.it
  id = var.ids.connector
}

import {
  to = aws_chime_voice_connector_origination.it
  id = var.ids.connector
}

import {
  to = aws_chime_voice_connector_streaming.it
  id = var.ids.connector
}

import {
  to = aws_chime_voice_connector_termination.it
  id = var.ids.connector
}

import {
  to = aws_chime_voice_connector_termination_credentials.it
  id = var.ids.connector
}

import {
  to = aws_chimesdkvoice_global_settings.it
  id = var.ids.settings
}

import {
  to = aws_chimesdkvoice_sip_media_application.it
  id = var.ids.application
}

import {
  to = aws_chimesdkvoice_sip_rule.it
  id = var.ids.rule
}

import {
  to = aws_chimesdkvoice_voice_profile_domain.it
  id = var.ids.domain
}

import {
  to = aws_chimesdkmediapipelines_media_insights_pipeline_configuration.it
  id = var.ids.configuration
}
