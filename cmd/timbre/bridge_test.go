package main

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestBridgeKeepsTheProxyOfTheEnvironment(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, ca := range map[string]string{"with the system's certificates": "", "with --ca": file} {
		t.Run(name, func(t *testing.T) {
			client, err := connectBridge{To: server.URL, CA: ca}.client()
			if err != nil {
				t.Fatal(err)
			}
			transport := client.Transport.(*http.Transport)
			if transport.Proxy == nil || reflect.ValueOf(transport.Proxy).Pointer() != reflect.ValueOf(http.ProxyFromEnvironment).Pointer() {
				t.Error("got no proxy of the environment, want it")
			}
			if (transport.TLSClientConfig.RootCAs != nil) != (ca != "") {
				t.Errorf("got trust in %v, want it in --ca alone, if there is one", transport.TLSClientConfig.RootCAs)
			}
		})
	}
}
