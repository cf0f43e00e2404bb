// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package webhook

// The messages below are written after the forges' documentation of their webhooks, with the fields and the order that it shows, shortened where
// nothing is read: docs.github.com/webhooks, docs.gitlab.com (webhook events; system hooks), docs.gitea.com and forgejo.org (webhooks), and Gogs'
// documentation of its payloads. The headers are those that each sends.

const githubPush = `{"ref":"refs/heads/main","before":"6113728f27ae82c7b1a177c8d03f9e96e0adf246","after":"59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5",
"repository":{"id":186853002,"node_id":"MDEwOlJlcG9zaXRvcnkxODY4NTMwMDI=","name":"agenda","full_name":"region-na/agenda","private":false,
"owner":{"name":"region-na","login":"region-na","id":21031067,"type":"Organization"},"html_url":"https://github.com/region-na/agenda","fork":false,
"url":"https://github.com/region-na/agenda","created_at":1557933565,"updated_at":"2019-05-15T15:20:41Z","pushed_at":1557933657,
"default_branch":"main","master_branch":"main","organization":"region-na"},"pusher":{"name":"direction","email":"d@example.org"},
"created":false,"deleted":false,"forced":false,"compare":"https://github.com/region-na/agenda/compare/6113728f27ae...59b20b8d5c6f",
"commits":[{"id":"59b20b8d5c6ff8d09518454d4dd8b7b30f095ab5","distinct":true,"message":"[skip ci] Readme","timestamp":"2019-05-15T15:20:41Z",
"added":[],"removed":[],"modified":["README.md"]}]}`

const githubRenamed = `{"action":"renamed","changes":{"repository":{"name":{"from":"calendrier"}}},
"repository":{"id":186853002,"name":"agenda","full_name":"region-na/agenda","private":false,"html_url":"https://github.com/region-na/agenda"},
"organization":{"login":"region-na","id":21031067},"sender":{"login":"direction","id":1}}`

const githubTransferred = `{"action":"transferred","changes":{"owner":{"from":{"organization":{"login":"ancienne-region","id":7}}}},
"repository":{"id":186853002,"name":"agenda","full_name":"region-na/agenda","private":false,"html_url":"https://github.com/region-na/agenda"},
"sender":{"login":"direction","id":1}}`

const githubRepository = `{"action":"%s","repository":{"id":186853002,"name":"agenda","full_name":"region-na/agenda","private":%v,
"html_url":"https://github.com/region-na/agenda","archived":true,"visibility":"public"},"sender":{"login":"direction","id":1}}`

const githubPing = `{"zen":"Keep it logically awesome.","hook_id":30,"hook":{"type":"Organization","id":30,"active":true,"events":["push","repository"]},
"organization":{"login":"region-na","id":21031067}}`

const githubIssue = `{"action":"opened","issue":{"number":1,"title":"Accents"},"changes":"anything","repository":{"id":"not a number"}}`

const gitlabPush = `{"object_kind":"push","event_name":"push","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7",
"ref":"refs/heads/master","checkout_sha":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","user_id":4,"user_name":"John Smith","project_id":15,
"project":{"id":15,"name":"Agenda","description":"","web_url":"https://forge.example/region/outils/agenda","namespace":"Outils","visibility_level":20,
"path_with_namespace":"region/outils/agenda","default_branch":"master"},"repository":{"name":"Agenda","url":"git@forge.example:region/outils/agenda.git",
"homepage":"https://forge.example/region/outils/agenda","visibility_level":20},"commits":[],"total_commits_count":4}`

const gitlabTagPush = `{"object_kind":"tag_push","event_name":"tag_push","before":"0000000000000000000000000000000000000000",
"after":"82b3d5ae55f7080f1e6022629cdb57bfae7cccc7","ref":"refs/tags/v1.0.0","project_id":15,"project":{"id":15,"name":"Agenda",
"web_url":"https://forge.example/region/outils/agenda","visibility_level":10,"path_with_namespace":"region/outils/agenda"}}`

const gitlabCreate = `{"created_at":"2012-07-21T07:30:54Z","updated_at":"2012-07-21T07:38:22Z","event_name":"project_create","name":"Agenda",
"owner_email":"johnsmith@example.com","owner_name":"John Smith","path":"agenda","path_with_namespace":"region/agenda","project_id":74,
"project_namespace_id":23,"project_visibility":"public"}`

const gitlabRename = `{"created_at":"2012-07-21T07:30:58Z","updated_at":"2012-07-21T07:38:22Z","event_name":"project_rename","name":"Agenda","path":"agenda",
"path_with_namespace":"region/agenda","project_id":73,"owner_name":"John Smith","old_path_with_namespace":"region/calendrier","project_visibility":"visibilitylevel|public"}`

const gitlabTransfer = `{"event_name":"project_transfer","name":"Agenda","path":"agenda","path_with_namespace":"region/agenda","project_id":73,
"old_path_with_namespace":"ailleurs/agenda","project_visibility":"visibilitylevel|internal"}`

const gitlabDestroy = `{"created_at":"2012-07-21T07:30:58Z","event_name":"project_destroy","name":"Agenda","path":"agenda","path_with_namespace":"region/agenda",
"project_id":73,"project_visibility":"private"}`

const gitlabUpdate = `{"event_name":"project_update","name":"Agenda","path":"agenda","path_with_namespace":"region/agenda","project_id":73,"project_visibility":"private"}`

const gitlabRepositoryUpdate = `{"event_name":"repository_update","user_id":1,"project_id":1,"project":{"id":1,"name":"Agenda","web_url":"https://forge.example/region/agenda",
"visibility_level":20,"path_with_namespace":"region/agenda"},"changes":[{"before":"8205ea8d81ce0c6b90fbe8280d118cc9fdad6130","after":"4045ea7a3df38697b3730a20fb73c8bed8a3e69e",
"ref":"refs/heads/master"}],"refs":["refs/heads/master"]}`

const gitlabUser = `{"event_name":"user_create","email":"js@gitlabhq.com","name":"John Smith","username":"js","user_id":41}`

const giteaPush = `{"ref":"refs/heads/main","before":"28e1879d029cb852e4844d9c718537df08844e03","after":"bffeb74224043ba2feb48d137756c8a9331c449a",
"compare_url":"https://gitea.example/region/agenda/compare/28e1879d...bffeb742","commits":[{"id":"bffeb74224043ba2feb48d137756c8a9331c449a","message":"Webhooks Yay!",
"url":"https://gitea.example/region/agenda/commit/bffeb74224043ba2feb48d137756c8a9331c449a"}],"total_commits":1,"head_commit":null,
"repository":{"id":140,"owner":{"id":1,"login":"region"},"name":"agenda","full_name":"region/agenda","description":"","empty":false,"private":false,"fork":false,
"html_url":"https://gitea.example/region/agenda","ssh_url":"ssh://gitea@gitea.example:2222/region/agenda.git","clone_url":"https://gitea.example/region/agenda.git",
"default_branch":"main","internal":false},"pusher":{"id":1,"login":"gitea"},"sender":{"id":1,"login":"gitea"}}`

const giteaRepository = `{"action":"%s","repository":{"id":140,"owner":{"id":1,"login":"region"},"name":"agenda","full_name":"region/agenda","private":%v,
"html_url":"https://gitea.example/region/agenda","clone_url":"https://gitea.example/region/agenda.git"},"organization":{"id":3,"login":"region"},"sender":{"id":1,"login":"gitea"}}`

const gogsPush = `{"ref":"refs/heads/develop","before":"28e1879d029cb852e4844d9c718537df08844e03","after":"bffeb74224043ba2feb48d137756c8a9331c449a",
"compare_url":"https://gogs.example/region/agenda/compare/28e1879d...bffeb742","commits":[],"repository":{"id":140,"owner":{"id":1,"username":"region"},
"name":"agenda","full_name":"region/agenda","private":false,"fork":false,"html_url":"https://gogs.example/region/agenda",
"clone_url":"https://gogs.example/region/agenda.git"},"pusher":{"username":"unknwon"},"sender":{"username":"unknwon"}}`

const gogsDelete = `{"ref":"develop","ref_type":"branch","pusher_type":"user","repository":{"id":140,"name":"agenda","full_name":"region/agenda","private":true,
"html_url":"https://gogs.example/region/agenda"},"sender":{"username":"unknwon"}}`
