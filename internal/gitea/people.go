// SPDX-FileCopyrightText: 2026 The Communs authors
// SPDX-License-Identifier: EUPL-1.2

package gitea

import (
	"context"
	"net/http"
)

// User makes somebody who signs in with the password.
func (s *Server) User(ctx context.Context, name, email, password string) error {
	return s.API(ctx, http.MethodPost, "/admin/users", map[string]any{"username": name, "email": email, "password": password, "must_change_password": false}, nil)
}

// Application lets another program have people say who they are: it gives its id and its secret.
func (s *Server) Application(ctx context.Context, name, back string) (id, secret string, err error) {
	var made struct {
		ID     string `json:"client_id"`
		Secret string `json:"client_secret"`
	}
	err = s.API(ctx, http.MethodPost, "/user/applications/oauth2", map[string]any{"name": name, "redirect_uris": []string{back}, "confidential_client": true}, &made)
	return made.ID, made.Secret, err
}
