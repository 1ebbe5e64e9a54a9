# Every resource of the two services that Terraform's AWS provider has. "step" says how far the deployment is: what it is at
# first, and what becomes of it.
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

variable "endpoint" { type = string }
variable "step" { type = string }

provider "aws" {
  region = "us-east-1"
  endpoints {
    chimesdkvoice          = var.endpoint
    chimesdkmediapipelines = var.endpoint
    sts                    = var.endpoint
  }
}

locals {
  first = var.step == "first"
  tags  = local.first ? { team = "voice", old = "1" } : { team = "speech" }
}

resource "aws_chime_voice_connector" "it" {
  name               = "house-${var.step}"
  aws_region         = "us-east-1"
  require_encryption = local.first
  tags               = local.tags
}

resource "aws_chime_voice_connector_group" "it" {
  name = "house-${var.step}"
  connector {
    voice_connector_id = aws_chime_voice_connector.it.id
    priority           = local.first ? 1 : 2
  }
}

resource "aws_chime_voice_connector_logging" "it" {
  voice_connector_id       = aws_chime_voice_connector.it.id
  enable_sip_logs          = true
  enable_media_metric_logs = local.first
}

resource "aws_chime_voice_connector_origination" "it" {
  voice_connector_id = aws_chime_voice_connector.it.id
  disabled           = !local.first
  route {
    host     = "203.0.113.1"
    port     = 8081
    protocol = local.first ? "TCP" : "UDP"
    priority = 1
    weight   = local.first ? 1 : 20
  }
  route {
    host     = "203.0.113.2"
    protocol = "TCP"
    priority = 2
    weight   = 30
  }
}

resource "aws_chime_voice_connector_streaming" "it" {
  voice_connector_id             = aws_chime_voice_connector.it.id
  data_retention                 = local.first ? 5 : 2
  disabled                       = false
  streaming_notification_targets = local.first ? ["SQS"] : ["EventBridge", "SNS"]
  media_insights_configuration {
    disabled          = false
    configuration_arn = aws_chimesdkmediapipelines_media_insights_pipeline_configuration.it.arn
  }
}

resource "aws_chime_voice_connector_termination" "it" {
  voice_connector_id = aws_chime_voice_connector.it.id
  disabled           = !local.first
  cps_limit          = 1
  calling_regions    = local.first ? ["US", "CA"] : ["DE"]
  cidr_allow_list    = local.first ? ["50.35.78.96/31"] : ["100.35.78.97/32", "198.51.100.0/27"]
}

resource "aws_chime_voice_connector_termination_credentials" "it" {
  voice_connector_id = aws_chime_voice_connector.it.id
  credentials {
    username = "alice"
    password = "a phrase of the ${var.step} step"
  }
  dynamic "credentials" {
    for_each = local.first ? [] : ["bob"]
    content {
      username = credentials.value
      password = "another phrase"
    }
  }
  depends_on = [aws_chime_voice_connector_termination.it]
}

resource "aws_chimesdkvoice_global_settings" "it" {
  voice_connector {
    cdr_bucket = "calls-${var.step}"
  }
}

resource "aws_chimesdkvoice_sip_media_application" "it" {
  name       = "house-${var.step}"
  aws_region = "us-east-1"
  endpoints {
    lambda_arn = "arn:aws:lambda:us-east-1:000000000000:function:${var.step}"
  }
  tags = local.tags
}

resource "aws_chimesdkvoice_sip_rule" "it" {
  name          = "house-${var.step}"
  disabled      = local.first
  trigger_type  = "RequestUriHostname"
  trigger_value = aws_chime_voice_connector.it.outbound_host_name
  target_applications {
    priority                 = 1
    sip_media_application_id = aws_chimesdkvoice_sip_media_application.it.id
    aws_region               = "us-east-1"
  }
}

resource "aws_chimesdkvoice_voice_profile_domain" "it" {
  name        = "house-${var.step}"
  description = local.first ? "of the house" : "of another house"
  server_side_encryption_configuration {
    kms_key_arn = "arn:aws:kms:us-east-1:000000000000:key/00000000-0000-4000-8000-000000000000"
  }
  tags = local.tags
}

resource "aws_chimesdkmediapipelines_media_insights_pipeline_configuration" "it" {
  name                     = "house"
  resource_access_role_arn = "arn:aws:iam::000000000000:role/house"
  elements {
    type = "VoiceAnalyticsProcessor"
    voice_analytics_processor_configuration {
      speaker_search_status      = "Enabled"
      voice_tone_analysis_status = local.first ? "Enabled" : "Disabled"
    }
  }
  elements {
    type = "KinesisDataStreamSink"
    kinesis_data_stream_sink_configuration {
      insights_target = "arn:aws:kinesis:us-east-1:000000000000:stream/${var.step}"
    }
  }
  real_time_alert_configuration {
    disabled = local.first
    rules {
      type = "KeywordMatch"
      keyword_match_configuration {
        rule_name = "cancel"
        keywords  = ["cancel", var.step]
        negate    = false
      }
    }
    rules {
      type = "Sentiment"
      sentiment_configuration {
        rule_name      = "angry"
        sentiment_type = "NEGATIVE"
        time_period    = 60
      }
    }
  }
  tags = local.tags
}

output "ids" {
  value = {
    connector     = aws_chime_voice_connector.it.id
    group         = aws_chime_voice_connector_group.it.id
    settings      = aws_chimesdkvoice_global_settings.it.id
    application   = aws_chimesdkvoice_sip_media_application.it.id
    rule          = aws_chimesdkvoice_sip_rule.it.id
    domain        = aws_chimesdkvoice_voice_profile_domain.it.id
    configuration = aws_chimesdkmediapipelines_media_insights_pipeline_configuration.it.id
  }
}
