minutos = int(input()) % 1440
print(f"{minutos // 60:02d}:{minutos % 60:02d}")
